import type { RowStore, StoreBackend } from "@trunkline/store";
import type { Dialled } from "../domain/outbound-policy.ts";

/** Calls out by connector; one versioned row, so that the caps hold over all instances. */
export type DialCounter = Pick<RowStore<Dialled>, "upsert">;

export const openDialCounter = (backend: StoreBackend): Promise<DialCounter> => backend.rows<Dialled>({ name: "dialled", indexes: [] });

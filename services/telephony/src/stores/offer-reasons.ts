import type { RowStore, StoreBackend } from "@trunkline/mongo";
import { Schema } from "mongoose";

/** Why an agent was offered a call: who else was thought of, in which order, and what kept them out. */
export type OfferReason = {
  readonly strategy: string;
  readonly at: number;
  readonly candidates: readonly {
    readonly employeeId: string;
    readonly rank: number;
    readonly failed: readonly string[];
    readonly score: number;
  }[];
};

/** By offer; kept beside the calls, which are read far more often than their reasons. */
export type OfferReasons = Pick<RowStore<OfferReason>, "find" | "upsert">;

export const openOfferReasons = (backend: StoreBackend): Promise<OfferReasons> =>
  backend.rows<OfferReason>({ name: "offer_reasons", schema: new Schema({ strategy: String, at: Number, candidates: [Object] }) });

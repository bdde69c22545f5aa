import type { RowStore, StoreBackend } from "@trunkline/store";

/** Requests of exchanges that were taken, by connection and id, until their signature is too old anyway. */
export type TakenWebhooks = RowStore<{ readonly at: number }>;

export const openTakenWebhooks = (backend: StoreBackend): Promise<TakenWebhooks> =>
  backend.rows<{ readonly at: number }>({ name: "taken_webhooks", indexes: [{ at: 1 }] });

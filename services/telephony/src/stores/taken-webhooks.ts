import type { RowStore, StoreBackend } from "@trunkline/mongo";
import { Schema } from "mongoose";

/** Requests of exchanges that were taken, by connection and id, until their signature is too old anyway. */
export type TakenWebhooks = RowStore<{ readonly at: number }>;

export const openTakenWebhooks = (backend: StoreBackend): Promise<TakenWebhooks> =>
  backend.rows<{ readonly at: number }>({ name: "taken_webhooks", schema: new Schema({ at: Number }).index({ at: 1 }) });

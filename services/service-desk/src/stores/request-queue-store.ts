import type { RowStore, StoreBackend } from "@trunkline/mongo";
import { Schema } from "mongoose";
import type { RequestQueue } from "../domain/request-queue.ts";

/** Settings only: the waiting requests are documents of their own, so a queue is never a hot document. */
export type RequestQueueStore = RowStore<Omit<RequestQueue, "id">>;

const schema = new Schema({
  name: String,
  ownerId: String,
  calendarId: String,
  ladder: [Object],
  firstResponseMs: Number,
  resolutionMs: Number,
}).index({ tenant: 1, _id: 1 });

export const openRequestQueueStore = (backend: StoreBackend): Promise<RequestQueueStore> =>
  backend.rows({ name: "request_queues", schema });

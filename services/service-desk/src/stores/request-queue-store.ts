import type { RowStore, StoreBackend } from "@trunkline/store";
import type { RequestQueue } from "../domain/request-queue.ts";

/** Settings only: the waiting requests are documents of their own, so a queue is never a hot document. */
export type RequestQueueStore = RowStore<Omit<RequestQueue, "id">>;

export const openRequestQueueStore = (backend: StoreBackend): Promise<RequestQueueStore> =>
  backend.rows({ name: "request_queues", indexes: [{ tenant: 1, _id: 1 }] });

import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { BatchEventSchema } from "@trunkline/proto/marketing";
import type { AggregateStore, StoreBackend } from "@trunkline/store";
import type { Batch, BatchEvent } from "../domain/batch.ts";

export const batchTopic = topic("marketing.batch", BatchEventSchema);

export type BatchStore = AggregateStore<Batch, BatchEvent>;

export async function openBatchStore(backend: StoreBackend): Promise<BatchStore> {
  return backend.aggregates<Batch, BatchEvent, typeof BatchEventSchema>({
    name: "batches",
    noun: "batch",
    indexes: [[{ nextDueAt: 1 }, { sparse: true }]],
    topic: batchTopic,
    // From its beginning, so that it goes before the messages by which its figures are counted.
    overSince: ({ finishedAt, createdAt }) => (finishedAt === undefined ? undefined : createdAt),
    encode: (event) => caseOf(BatchEventSchema, event),
  });
}

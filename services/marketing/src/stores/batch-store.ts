import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { topic } from "@trunkline/events";
import type { AggregateStore, StoreBackend } from "@trunkline/mongo";
import { BatchEventSchema } from "@trunkline/proto/marketing";
import { Schema } from "mongoose";
import type { Batch, BatchEvent } from "../domain/batch.ts";
import { toChannel } from "./contact-codes.ts";

export const batchTopic = topic("marketing.batch", BatchEventSchema);

export type BatchStore = AggregateStore<Batch, BatchEvent>;

const schema = new Schema({
  segmentId: String,
  templateId: String,
  templateVersion: Number,
  channel: String,
  purpose: String,
  state: String,
  cursor: String,
  reason: String,
  entered: Number,
  nextDueAt: Number,
  createdAt: Number,
  expiresAt: Number,
  finishedAt: Number,
})
  .index({ nextDueAt: 1 }, { sparse: true })
  .index({ postponed: 1 }, { sparse: true });

export async function openBatchStore(backend: StoreBackend): Promise<BatchStore> {
  return backend.aggregates<Batch, BatchEvent, typeof BatchEventSchema>({
    name: "batches",
    noun: "batch",
    schema,
    topic: batchTopic,
    // From its beginning, so that it goes before the messages by which its figures are counted.
    overSince: ({ finishedAt, createdAt }) => (finishedAt === undefined ? undefined : createdAt),
    encode: (id, event, recordedAt) => ({
      batchId: id,
      occurredAt: timestampFromMs(event.at),
      recordedAt: timestampFromMs(recordedAt),
      event: payload(event),
    }),
  });
}

function payload(event: BatchEvent): NonNullable<MessageInitShape<typeof BatchEventSchema>["event"]> {
  switch (event.type) {
    case "created":
      return { case: "created", value: { segmentId: event.segmentId, channel: toChannel(event.channel) } };
    case "finished":
      return { case: "finished", value: { total: event.total } };
    case "failed":
      return { case: "failed", value: { reason: event.reason } };
  }
}

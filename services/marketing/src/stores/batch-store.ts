import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { topic } from "@trunkline/events";
import type { AggregateStore, StoreBackend } from "@trunkline/mongo";
import { BatchEventSchema } from "@trunkline/proto/marketing";
import { Schema } from "mongoose";
import type { Batch, BatchEvent } from "../domain/batch.ts";
import { toChannel } from "./contact-codes.ts";

export const batchTopic = topic("marketing.batch", BatchEventSchema);

export type BatchStore = AggregateStore<Batch, BatchEvent> & {
  /** Batches in this state over all tenants, oldest first. */
  inState(state: Batch["state"], limit: number): Promise<readonly { readonly tenant: string; readonly state: Batch }[]>;
};

const schema = new Schema({
  segmentId: String,
  templateId: String,
  templateVersion: Number,
  channel: String,
  purpose: String,
  state: String,
  cursor: String,
  leasedUntil: Number,
  createdAt: Number,
  expiresAt: Number,
  finishedAt: Number,
}).index({ state: 1, createdAt: 1 });

export async function openBatchStore(backend: StoreBackend): Promise<BatchStore> {
  const store = await backend.aggregates<Batch, BatchEvent, typeof BatchEventSchema>({
    name: "batches",
    noun: "batch",
    schema,
    topic: batchTopic,
    encode: (id, event, recordedAt) => ({
      batchId: id,
      occurredAt: timestampFromMs(event.at),
      recordedAt: timestampFromMs(recordedAt),
      event: payload(event),
    }),
  });
  return { ...store, inState: (state, limit) => store.due({ state }, "createdAt", limit) };
}

function payload(event: BatchEvent): NonNullable<MessageInitShape<typeof BatchEventSchema>["event"]> {
  return event.type === "created"
    ? { case: "created", value: { segmentId: event.segmentId, channel: toChannel(event.channel) } }
    : { case: "finished", value: { total: event.total } };
}

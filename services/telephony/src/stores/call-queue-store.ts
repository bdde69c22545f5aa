import { isDeepStrictEqual } from "node:util";
import type { RowStore, StoreBackend } from "@trunkline/mongo";
import type { Clock, Logger } from "@trunkline/runtime";
import { Schema } from "mongoose";
import { type CallQueue, unsetQueue } from "../domain/call-queue.ts";
import { type Changed, keepInMemory } from "./memory-copy.ts";

type Row = Omit<CallQueue, "id"> & Changed;

export type CallQueueStore = {
  /**
   * The settings as this instance knows them, at most two seconds old; a queue that nobody has set has the usual ones. Memory only; equal
   * settings are the same object.
   */
  of(tenant: string, queueId: string): CallQueue;
  /** As `of`, undefined for a queue that nobody has set. */
  known(tenant: string, queueId: string): CallQueue | undefined;
  all(tenant: string): readonly CallQueue[];
  put(tenant: string, queue: CallQueue): Promise<void>;
  readonly page: RowStore<Row>["page"];
} & AsyncDisposable;

const schema = new Schema({
  name: String,
  strategy: String,
  skills: [Object],
  relaxations: [Object],
  agents: [Object],
  targetMs: Number,
  offerMs: Number,
  maxWaitMs: Number,
  overflow: String,
  calendarId: String,
  priority: Number,
  gradePriority: Object,
  wrapUp: Object,
  autoPauseAfter: Number,
  changedAt: Number,
})
  .index({ changedAt: 1 })
  .index({ tenant: 1, name: 1, _id: 1 });

type Parts = { readonly backend: StoreBackend; readonly now: Clock; readonly log: Logger; readonly wrapUpLimitMs: number };

/** An exchange may name any queue. */
const KEPT = 1_000;

/** Settings only, whole in memory: a ring waits for no database. */
export async function openCallQueueStore({ backend, now, log, wrapUpLimitMs }: Parts): Promise<CallQueueStore> {
  const rows = await backend.rows<Row>({ name: "call_queues", schema });
  const memory = new Map<string, Map<string, CallQueue>>();
  const remember = (tenant: string, id: string, { changedAt: _changedAt, ...settings }: Row) => {
    const queues = memory.get(tenant) ?? new Map<string, CallQueue>();
    const queue = { id, ...settings };
    if (!isDeepStrictEqual(queues.get(id), queue)) memory.set(tenant, queues.set(id, queue));
  };
  const copy = await keepInMemory(rows, remember, { now, log });
  const usual = new Map<string, CallQueue>();
  const unset = (queueId: string): CallQueue => {
    const found = usual.get(queueId) ?? unsetQueue(queueId, wrapUpLimitMs);
    if (usual.size >= KEPT) usual.clear();
    usual.set(queueId, found);
    return found;
  };
  const known = (tenant: string, queueId: string) => memory.get(tenant)?.get(queueId);
  return {
    known,
    of: (tenant, queueId) => known(tenant, queueId) ?? unset(queueId),
    all: (tenant) => [...(memory.get(tenant)?.values() ?? [])],
    async put(tenant, { id, ...settings }) {
      const row = await rows.upsert(tenant, id, () => ({ ...settings, changedAt: now() }));
      if (row) remember(tenant, id, row);
    },
    page: rows.page,
    [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
  };
}

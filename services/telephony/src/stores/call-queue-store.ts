import { isDeepStrictEqual } from "node:util";
import type { Clock, Logger } from "@trunkline/runtime";
import { type Changed, keepInMemory, nextRevision, type RowStore, type StoreBackend } from "@trunkline/store";
import { type CallQueue, checkedCallQueue, unsetQueue } from "../domain/call-queue.ts";

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
  /**
   * @param revision the one that was read
   * @throws as checkedCallQueue and nextRevision do
   */
  put(tenant: string, queue: CallQueue, revision?: number): Promise<CallQueue>;
  readonly page: RowStore<Row>["page"];
} & AsyncDisposable;

type Parts = { readonly backend: StoreBackend; readonly now: Clock; readonly log: Logger; readonly wrapUpLimitMs: number };

const OVERFLOWS = "all";
/** An exchange may name any queue. */
const KEPT = 1_000;

/** Settings only, whole in memory: a ring waits for no database. */
export async function openCallQueueStore({ backend, now, log, wrapUpLimitMs }: Parts): Promise<CallQueueStore> {
  const rows = await backend.rows<Row>({ name: "call_queues", indexes: [{ changedAt: 1 }, { tenant: 1, name: 1, _id: 1 }] });
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
  /** Where each queue of a tenant overflows to, in one row: two that are saved at once must not make a circle. */
  const ways = await backend.rows<{ readonly overflows: Readonly<Record<string, string>> }>({
    name: "call_queue_overflows",
    indexes: [],
  });
  const standing = (tenant: string) =>
    Object.fromEntries([...(memory.get(tenant)?.values() ?? [])].map(({ id, overflow }) => [id, overflow]));
  const known = (tenant: string, queueId: string) => memory.get(tenant)?.get(queueId);
  return {
    known,
    of: (tenant, queueId) => known(tenant, queueId) ?? unset(queueId),
    all: (tenant) => [...(memory.get(tenant)?.values() ?? [])],
    async put(tenant, queue, revision) {
      const { id, ...settings } = queue;
      await ways.upsert(tenant, OVERFLOWS, (before) => {
        const overflows: Record<string, string> = before?.overflows ?? standing(tenant);
        checkedCallQueue(queue, (other) => (Object.hasOwn(overflows, other) ? { overflow: overflows[other] ?? "" } : undefined));
        return { overflows: { ...overflows, [id]: queue.overflow } };
      });
      const row = await rows.upsert(tenant, id, (before) => ({ ...settings, revision: nextRevision(before, revision), changedAt: now() }));
      if (row) remember(tenant, id, row);
      return { id, ...(row ?? settings) };
    },
    page: rows.page,
    [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
  };
}

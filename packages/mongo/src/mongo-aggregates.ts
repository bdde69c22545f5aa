import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import type { OutboxEntry, Relay } from "@trunkline/events";
import { backOff, type CallScope, type Clock, failpoint } from "@trunkline/runtime";
import { changeOf, type Change, checkSameOrigin, documentId, firstDocument, seenBefore, stateOf, type Stored } from "./aggregate-document.ts";
import { type Collection, findDue, findPage, isDuplicate, toStoreError } from "./mongo-queries.ts";
import type { AggregateSpec, AggregateStore, Decision, DomainEvent, EventSource } from "./store.ts";

const TRIES = 8;

export type AggregateParts = {
  readonly collection: Collection;
  readonly relay: Relay;
  readonly now: Clock;
  /** Takes the sequence up to which a document's events are out. */
  readonly cleared: (documentId: string, sequence: number) => void;
};

/** State and announcement in one write: the outbox is an array inside the aggregate's own document. */
export function mongoAggregates<S extends { readonly id: string }, E extends DomainEvent, M extends DescMessage>(
  spec: AggregateSpec<S, E, M>,
  { collection, relay, now, cleared }: AggregateParts,
): AggregateStore<S, E> {
  const anySpec = spec as unknown as AggregateSpec<S, E, DescMessage>;
  const read = (tenant: string, id: string) =>
    guarded(async () => (await collection.findOne({ _id: documentId(tenant, id) }, { promoteBuffers: true, maxTimeMS: 10_000 })) as Stored | null);
  const offer = (tenant: string, id: string, entries: readonly OutboxEntry[]) => {
    failpoint("store.committed");
    if (entries.length === 0) return;
    relay.offer({ source: spec.name, topic: spec.topic.name, tenant, id, entries, published: (last) => cleared(documentId(tenant, id), last) });
  };
  const missing = () => new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);

  const create = async (scope: CallScope, id: string, decision: Decision<S, E>): Promise<S> => {
    const doc = firstDocument(anySpec, scope, id, decision, now());
    try {
      await guarded(() => collection.insertOne(doc as never));
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const existing = await read(scope.tenant, id);
      if (!existing) throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`, {}, error);
      checkSameOrigin(spec.noun, scope, existing);
      return stateOf(anySpec, existing);
    }
    offer(scope.tenant, id, doc.outbox ?? []);
    return decision.state;
  };

  const write = async (doc: Stored, change: Change): Promise<{ outbox?: OutboxEntry[] } | null> => {
    const set = { ...change.set, version: doc.version + 1, ...(change.recent ? { recent: change.recent } : {}), ...(change.sources ? { sources: change.sources } : {}) };
    const unset = Object.fromEntries(change.unset.map((key) => [key, 1]));
    const announce = change.entries.length > 0;
    const update = {
      $set: announce ? { ...set, sequence: doc.sequence + change.entries.length, pendingSince: doc.pendingSince ?? now() } : set,
      ...(change.unset.length > 0 ? { $unset: unset } : {}),
      ...(announce ? { $push: { outbox: { $each: change.entries } } } : {}),
    };
    const options = { projection: { outbox: 1 }, returnDocument: "after", promoteBuffers: true, maxTimeMS: 10_000 } as const;
    return guarded(() => collection.findOneAndUpdate({ _id: doc._id, version: doc.version }, update as never, options) as Promise<{ outbox?: OutboxEntry[] } | null>);
  };

  const update = async (scope: CallScope, id: string, decide: (state: S) => Decision<S, E>, source?: EventSource): Promise<S> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const doc = await read(scope.tenant, id);
      if (!doc) throw missing();
      const before = stateOf(anySpec, doc);
      if (seenBefore(scope, doc, source)) return before;
      const decision = decide(before);
      const change = changeOf(anySpec, scope, doc, before, decision, source, now());
      if (!change) return before;
      const written = await write(doc, change).catch((error: unknown) => {
        if (isDuplicate(error)) throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`, {}, error);
        throw error;
      });
      if (written) {
        offer(scope.tenant, id, written.outbox ?? []);
        return decision.state;
      }
      await backOff(attempt, 5, 200);
    }
    throw new DomainError("conflict", "write_conflict", `this ${spec.noun} is being changed by others: try again`);
  };

  return {
    find: async (tenant, id) => {
      const doc = await read(tenant, id);
      return doc ? stateOf(anySpec, doc) : undefined;
    },
    get: async (tenant, id) => {
      const doc = await read(tenant, id);
      if (!doc) throw missing();
      return stateOf(anySpec, doc);
    },
    create,
    update,
    page: async (tenant, filter, options) => {
      const page = await guarded(() => findPage(collection, tenant, filter, options));
      return { items: page.items.map((doc) => stateOf(anySpec, doc as Stored)), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) => {
      const docs = await guarded(() => findDue(collection, filter, by, limit));
      return docs.map((doc) => ({ tenant: doc.tenant, state: stateOf(anySpec, doc as Stored) }));
    },
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toStoreError(error);
  }
}

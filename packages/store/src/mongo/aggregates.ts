import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import type { OutboxEntry, Relay } from "@trunkline/events";
import { backOff, type CallScope, type Clock, type Followers, failpoint, followers } from "@trunkline/runtime";
import {
  type Change,
  changed,
  changeOf,
  checkSameOrigin,
  documentId,
  dueOf,
  dueQuestions,
  firstDocument,
  type Stored,
  seenBefore,
  stateOf,
  writtenOf,
} from "../aggregate-document.ts";
import { OVER } from "../retention.ts";
import type { AggregateSpec, AggregateStore, Decision, DomainEvent, EventSource, State, Written } from "../store.ts";
import { countWrite } from "../writes.ts";
import { type LastWritten, lastWritten } from "./last-written.ts";
import { type Collection, countUpTo, findDue, findOver, findPage, groupBy, guarded, isDuplicate, ONE, removeSame } from "./queries.ts";

const TRIES = 8;
/** With more unpublished events than this a document is read before it is changed: how many there are decides whether it may. */
const FEW_PENDING = 100;

export type AggregateParts = {
  readonly collection: Collection;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  /** Up to which sequence a document's events are out, by its id; they leave the document a moment later. */
  readonly published: Map<string, number>;
};

type Spec<S extends State, E extends DomainEvent> = AggregateSpec<S, E, DescMessage, string>;
type Table<S extends State, E extends DomainEvent> = AggregateParts & {
  readonly spec: Spec<S, E>;
  readonly followers: Followers<Written<S>>;
  readonly last: LastWritten;
};

/** State and announcement in one write: the outbox is an array inside the aggregate's own document. */
export function mongoAggregates<S extends State, E extends DomainEvent, M extends DescMessage, D extends string>(
  spec: AggregateSpec<S, E, M, D>,
  parts: AggregateParts,
): AggregateStore<S, E> {
  const table: Table<S, E> = { ...parts, spec: spec as unknown as Spec<S, E>, followers: followers(), last: lastWritten() };
  const { collection } = parts;
  const state = (doc: object) => stateOf(table.spec, doc as Stored);
  return {
    find: async (tenant, id) => {
      const doc = await read(table, tenant, id);
      return doc ? state(doc) : undefined;
    },
    get: async (tenant, id, viewer) => state(await mustRead(table, tenant, id, viewer)),
    create: (scope, id, decision) => create(table, scope, id, decision),
    update: (scope, id, decide, source) => update(table, scope, id, decide, source),
    count: (tenant, filter, most) => guarded(() => countUpTo(collection, tenant, filter, most)),
    group: (tenant, filter, by, sum) => guarded(() => groupBy(collection, spec.indexes, tenant, filter, by, sum)),
    page: async (tenant, filter, options) => {
      const page = await guarded(() => findPage(collection, spec, tenant, filter, options));
      return { ...page, items: page.items.map(state) };
    },
    due: async (filter, by, limit) => {
      const docs = await guarded(() => findDue(collection, filter, by, limit));
      return (docs as unknown as Stored[]).map((doc) => writtenOf(doc, state(doc)));
    },
    dueBy: async (by, until, limit) => {
      const found = await guarded(() =>
        Promise.all(dueQuestions(by, until).map((asked) => findDue(collection, asked.filter, asked.by, limit))),
      );
      return (found.flat() as unknown as Stored[]).map((doc) => ({
        tenant: doc.tenant,
        state: state(doc),
        at: dueOf(doc, by),
      }));
    },
    postpone: (tenant, id, until) =>
      guarded(async () => void (await collection.updateOne({ _id: documentId(tenant, id) }, { $set: { postponed: until } }))),
    follow: table.followers.follow,
    name: spec.name,
    over: (until, limit) => guarded(() => findOver(collection, spec.overSince && OVER, until, limit)),
    removeOver: (documents) => guarded(() => removeSame(collection, "version", documents)),
  };
}

type AnyTable = Pick<AggregateParts, "collection"> & { readonly spec: { readonly noun: string } };

function read({ collection }: AnyTable, tenant: string, id: string, viewer?: string): Promise<Stored | null> {
  const filter = { _id: documentId(tenant, id), ...(viewer === undefined ? {} : { visibleTo: viewer }) };
  return guarded(async () => (await collection.findOne(filter, ONE)) as Stored | null);
}

async function mustRead(table: AnyTable, tenant: string, id: string, viewer?: string): Promise<Stored> {
  const doc = await read(table, tenant, id, viewer);
  if (doc) return doc;
  throw new DomainError("not_found", `${table.spec.noun}_not_found`, `there is no such ${table.spec.noun}`);
}

async function create<S extends State, E extends DomainEvent>(
  table: Table<S, E>,
  scope: CallScope,
  id: string,
  decision: Decision<S, E>,
): Promise<S> {
  const { spec, collection, now } = table;
  const { doc, entries } = firstDocument(spec, scope, id, decision, now());
  const outbox = entries.length > 0 ? { outbox: entries, pendingSince: doc.writtenAt } : {};
  try {
    await guarded(() => collection.insertOne({ ...doc, ...outbox } as never));
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const existing = await read(table, scope.tenant, id);
    if (!existing) throw clash(spec.noun, error);
    checkSameOrigin(spec.noun, scope, existing);
    return stateOf(spec, existing);
  }
  stored(table, id, doc, decision.state, entries);
  return decision.state;
}

async function update<S extends State, E extends DomainEvent>(
  table: Table<S, E>,
  scope: CallScope,
  id: string,
  decide: (state: S) => Decision<S, E>,
  source: EventSource | undefined,
): Promise<S> {
  const { spec, last, now } = table;
  const decideOn = (doc: Stored): Decided<S> => {
    const before = stateOf(spec, doc);
    if (seenBefore(scope, doc, source)) return { doc, state: before };
    const decision = decide(before);
    const change = changeOf(spec, scope, doc, before, decision, source, now());
    return change ? { doc, state: decision.state, change } : { doc, state: before };
  };
  const early = decidedEarly(last.get(documentId(scope.tenant, id)), decideOn);
  if (early && (await commit(table, id, early))) return early.state;
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    const decided = decideOn(await mustRead(table, scope.tenant, id));
    if (!decided.change || (await commit(table, id, decided))) return decided.state;
    await backOff(attempt, 5, 200);
  }
  throw new DomainError("conflict", "write_conflict", `this ${spec.noun} is being changed by others: try again`);
}

/** Without a change there is nothing to write. */
type Decided<S> = { readonly doc: Stored; readonly state: S; readonly change?: Change | undefined };

/**
 * What this process wrote last is mostly what is stored, and a write that finds its version proves it. All else that is decided on it, a
 * refusal or nothing to do, is decided again on what is stored.
 */
function decidedEarly<S>(doc: Stored | undefined, decideOn: (doc: Stored) => Decided<S>): Decided<S> | undefined {
  if (!doc) return undefined;
  try {
    const decided = decideOn(doc);
    return decided.change && decided;
  } catch {
    return undefined;
  }
}

/** False when the version has moved meanwhile. */
async function commit<S extends State, E extends DomainEvent>(
  table: Table<S, E>,
  id: string,
  { doc, state, change }: Decided<S>,
): Promise<boolean> {
  if (!change) return false;
  const next = changed(doc, change);
  const written = await write(table, doc, next, change);
  table.last.forget(doc);
  if (written) stored(table, id, next, state, written.outbox ?? []);
  return written !== null;
}

/** What follows a write. `pending` is all that the document has to announce, older leftovers included. */
function stored<S extends State, E extends DomainEvent>(
  table: Table<S, E>,
  id: string,
  doc: Stored,
  state: S,
  pending: readonly OutboxEntry[],
): void {
  countWrite(table.spec.name);
  if (pending.length <= FEW_PENDING && !table.spec.isOver?.(state)) table.last.put(doc);
  offer(table, doc.tenant, id, pending);
  table.followers.tell(writtenOf(doc, state));
}

/** Null when the version has moved meanwhile. Gives back what the document has pending, older leftovers included. */
async function write<S extends State, E extends DomainEvent>(
  { collection, spec, now }: Table<S, E>,
  doc: Stored,
  next: Stored,
  change: Change,
): Promise<{ outbox?: OutboxEntry[] } | null> {
  const announce = change.entries.length > 0;
  const set = {
    ...change.set,
    version: next.version,
    writtenAt: next.writtenAt,
    ...(change.recentTries ? { recentTries: change.recentTries } : {}),
    ...(change.sources ? { sources: change.sources } : {}),
    ...(announce ? { sequence: next.sequence, pendingSince: doc.pendingSince ?? now() } : {}),
  };
  const operation = {
    $set: set,
    // Whether it was postponed the document at hand need not know.
    $unset: Object.fromEntries([...change.unset, "postponed"].map((key) => [key, 1])),
    ...(announce ? { $push: { outbox: { $each: change.entries } } } : {}),
  };
  const options = { projection: { outbox: 1 }, returnDocument: "after", ...ONE } as const;
  try {
    // The time too: a database that was restored has other documents with the same versions.
    const filter = { _id: doc._id, version: doc.version, writtenAt: doc.writtenAt };
    return (await guarded(() => collection.findOneAndUpdate(filter, operation as never, options))) as {
      outbox?: OutboxEntry[];
    } | null;
  } catch (error) {
    throw isDuplicate(error) ? clash(spec.noun, error) : error;
  }
}

function clash(noun: string, cause: unknown): DomainError {
  return new DomainError("already_exists", `${noun}_exists`, `another ${noun} has the same key`, {}, cause);
}

/**
 * Never awaited by the caller: the events are safe in the document, the sweeper brings what is lost here. What is out but
 * not yet taken from the document is not offered again.
 */
function offer<S extends State, E extends DomainEvent>(
  { spec, relay, published }: Table<S, E>,
  tenant: string,
  id: string,
  entries: readonly OutboxEntry[],
): void {
  failpoint("store.committed");
  const name = documentId(tenant, id);
  const out = published.get(name) ?? 0;
  const pending = entries.filter(({ n }) => n > out);
  if (pending.length === 0) return;
  const topic = spec.topic.name;
  relay.offer({ source: spec.name, topic, tenant, id, entries: pending, published: (last) => published.set(name, last) });
}

import { isDeepStrictEqual } from "node:util";
import type { DescMessage, MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import { type OutboxEntry, outboxEntry } from "@trunkline/events";
import type { CallScope } from "@trunkline/runtime";
import type { AggregateSpec, Decision, DomainEvent, EventSource, Filter, State, Written } from "./store.ts";

/** What every aggregate's document carries beside its state. */
export type Meta = {
  _id: string;
  tenant: string;
  version: number;
  /** By the clock of the process that wrote; epoch ms. */
  writtenAt: number;
  sequence: number;
  schema: number;
  outbox?: OutboxEntry[];
  pendingSince?: number;
  recentTries?: { id: string; hash: string; sequence: number }[];
  origin: { causation: string; hash: string };
  sources?: Record<string, number>;
  /** Until when timers leave it alone, epoch ms; gone with the next write. */
  postponed?: number;
};
export type Stored = Meta & Record<string, unknown>;

const META = new Set<string>([
  "_id",
  "tenant",
  "version",
  "writtenAt",
  "sequence",
  "schema",
  "outbox",
  "pendingSince",
  "recentTries",
  "origin",
  "sources",
  "postponed",
]);
const SCHEMA = 1;
const RECENT = 32;
const SOURCES = 64;
const OUTBOX_LIMIT = 1_000;

type AnySpec<S extends State, E extends DomainEvent> = AggregateSpec<S, E, DescMessage, string>;

export function documentId(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}

/** The id without its tenant. */
export function idOf({ _id, tenant }: Pick<Meta, "_id" | "tenant">): string {
  return _id.slice(tenant.length + 1);
}

/** The state inside a document; derived fields and meta stay behind. */
export function stateOf<S extends State, E extends DomainEvent>(spec: AnySpec<S, E>, doc: Stored): S {
  if (doc.schema > SCHEMA) {
    throw new DomainError("unavailable", "newer_schema", "a newer release wrote this document: finish the roll-out", {
      schema: doc.schema,
    });
  }
  const id = idOf(doc);
  const hidden = derivedKeys.get(spec);
  const state: Record<string, unknown> = { id, ...spec.absent };
  for (const key in doc) if (!META.has(key) && !hidden?.has(key)) state[key] = doc[key];
  if (hidden) return state as S;
  derivedKeys.set(spec, new Set(Object.keys(spec.derived?.(doc.tenant, state as S) ?? {})));
  return stateOf(spec, doc);
}

/** What timers take up at `until`, by field: what is due and was not postponed, and what was postponed no longer than that. */
export const dueQuestions = (by: string, until: number): readonly { readonly filter: Filter; readonly by: string }[] => [
  { filter: { [by]: { $lte: until }, postponed: { $exists: false } }, by },
  { filter: { postponed: { $lte: until }, [by]: { $lte: until } }, by: "postponed" },
];

/** When a timer is to take it up. */
export function dueOf(doc: Stored, by: string): number {
  return doc.postponed === undefined ? Number(doc[by]) : Math.max(Number(doc[by]), doc.postponed);
}

/** What followers and copies are told of a document. */
export function writtenOf<S>({ tenant, version, writtenAt }: Pick<Meta, "tenant" | "version" | "writtenAt">, state: S): Written<S> {
  return { tenant, state, version, writtenAt };
}

/** Of each kind of aggregate, learned from its first document: this is asked for every document that is read. */
const derivedKeys = new WeakMap<object, ReadonlySet<string>>();

/** A new document, and apart from it the events that are written into it as its outbox. */
export function firstDocument<S extends State, E extends DomainEvent>(
  spec: AnySpec<S, E>,
  scope: CallScope,
  id: string,
  decision: Decision<S, E>,
  now: number,
): { doc: Stored; entries: OutboxEntry[] } {
  const { id: _, ...fields } = decision.state;
  const entries = encodeAll(spec, scope, id, decision.events, 0, now);
  const doc = prune({
    _id: documentId(scope.tenant, id),
    tenant: scope.tenant,
    ...fields,
    ...spec.derived?.(scope.tenant, decision.state),
    version: 1,
    writtenAt: now,
    sequence: entries.length,
    schema: SCHEMA,
    origin: { causation: scope.causation, hash: scope.retry?.bodyHash ?? "" },
  }) as Stored;
  return { doc, entries };
}

function encodeAll<S extends State, E extends DomainEvent>(
  spec: AnySpec<S, E>,
  scope: CallScope,
  id: string,
  events: readonly E[],
  after: number,
  now: number,
): OutboxEntry[] {
  return events.map((event, index) => {
    const message = enveloped(spec.topic.schema, id, event.at, now, spec.encode(event, id));
    return outboxEntry(spec.topic, scope, { n: after + index + 1, at: now, message });
  });
}

/** Of whom, when by its source and when by us: what each envelope says around what has happened. */
function enveloped<M extends DescMessage>(schema: M, id: string, at: number, now: number, event: unknown): MessageInitShape<M> {
  const of = schema.fields.find(({ oneof, localName }) => !oneof && localName.endsWith("Id"));
  if (!of) throw new Error(`${schema.typeName} has no field of the form <noun>_id for whom its events are about`);
  const envelope = { [of.localName]: id, occurredAt: timestampFromMs(at), recordedAt: timestampFromMs(now), event };
  return envelope as unknown as MessageInitShape<M>;
}

/**
 * Whether a repeated create met its own first try: same request body, or the same causing event.
 * @throws already_exists when it is another one's
 */
export function checkSameOrigin(noun: string, scope: CallScope, doc: Stored): void {
  if (scope.retry && doc.origin.hash === scope.retry.bodyHash) return;
  if (scope.retry && doc.origin.hash !== "") throw requestIdReused();
  if (!scope.retry && scope.causation !== "" && doc.origin.causation === scope.causation) return;
  throw new DomainError("already_exists", `${noun}_exists`, `this ${noun} exists already`);
}

/** The same request_id with another body; for rows that are created under an id made of it. */
export function requestIdReused(): DomainError {
  return new DomainError("already_exists", "request_id_reused", "this request_id was used for another body: choose a new one");
}

export type Change = {
  readonly set: Record<string, unknown>;
  readonly unset: string[];
  readonly entries: OutboxEntry[];
  readonly recentTries: Meta["recentTries"];
  readonly sources: Record<string, number> | undefined;
  readonly writtenAt: number;
};

/** True when this call or event has had its effect already. */
export function seenBefore(scope: CallScope, doc: Stored, source: EventSource | undefined): boolean {
  if (source && (doc.sources?.[source.id] ?? 0) >= source.sequence) return true;
  const earlier = scope.retry && doc.recentTries?.find(({ id }) => id === scope.retry?.requestId);
  if (!earlier) return false;
  if (earlier.hash !== scope.retry?.bodyHash) throw requestIdReused();
  return true;
}

/** What an update has to write: only the top-level fields that changed, so that a newer release's fields survive us. */
export function changeOf<S extends State, E extends DomainEvent>(
  spec: AnySpec<S, E>,
  scope: CallScope,
  doc: Stored,
  before: S,
  decision: Decision<S, E>,
  source: EventSource | undefined,
  now: number,
): Change | undefined {
  if ((doc.outbox?.length ?? 0) + decision.events.length > OUTBOX_LIMIT) {
    throw new DomainError("exhausted", "outbox_full", "too many unpublished events on this record: try again when the bus is back");
  }
  const derived = spec.derived?.(scope.tenant, decision.state) ?? {};
  const after = { ...decision.state, ...derived } as Record<string, unknown>;
  // As stored, not as derived from the state before: a field that a release has added comes to a record with its next write.
  const stored = Object.fromEntries(Object.keys(derived).map((key) => [key, (doc as unknown as Record<string, unknown>)[key]]));
  const known = { ...before, ...stored } as Record<string, unknown>;
  const set: Record<string, unknown> = {};
  const unset: string[] = [];
  for (const key of new Set([...Object.keys(after), ...Object.keys(known)])) {
    if (key === "id" || after[key] === known[key] || isDeepStrictEqual(after[key], known[key])) continue;
    if (after[key] === undefined) unset.push(key);
    else set[key] = after[key];
  }
  const entries = encodeAll(spec, scope, before.id, decision.events, doc.sequence, now);
  const sources = source && withSource(doc.sources ?? {}, source);
  if (entries.length === 0 && unset.length === 0 && Object.keys(set).length === 0 && !source) return undefined;
  const recentTries =
    scope.retry &&
    [...(doc.recentTries ?? []), { id: scope.retry.requestId, hash: scope.retry.bodyHash, sequence: doc.sequence + entries.length }].slice(
      -RECENT,
    );
  return { set, unset, entries, recentTries, sources, writtenAt: now };
}

/** The document as an update leaves it; its outbox is not followed. */
export function changed({ outbox: _outbox, pendingSince: _since, postponed: _until, ...doc }: Stored, change: Change): Stored {
  const { set, entries, writtenAt } = change;
  const next: Stored = { ...doc, ...set, version: doc.version + 1, writtenAt, sequence: doc.sequence + entries.length };
  if (change.recentTries) next.recentTries = change.recentTries;
  if (change.sources) next.sources = change.sources;
  for (const key of change.unset) delete next[key];
  return next;
}

/** In the order in which they were last heard of: the one that has been silent longest makes room. */
function withSource(sources: Record<string, number>, source: EventSource): Record<string, number> {
  const others = Object.entries(sources).filter(([id]) => id !== source.id);
  return Object.fromEntries([...others.slice(1 - SOURCES), [source.id, source.sequence]]);
}

function prune(doc: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(doc).filter(([, value]) => value !== undefined));
}

import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import type { OutboxEntry, Relay } from "@trunkline/events";
import { type Clock, failpoint, followers } from "@trunkline/runtime";
import {
  changed,
  changeOf,
  checkSameOrigin,
  documentId,
  dueOf,
  dueQuestions,
  firstDocument,
  idOf,
  type Stored,
  seenBefore,
  stateOf,
  writtenOf,
} from "../aggregate-document.ts";
import { OVER } from "../retention.ts";
import type { AggregateSpec, AggregateStore, DomainEvent, State, Written } from "../store.ts";
import { countWrite } from "../writes.ts";
import { isTaken } from "./database.ts";
import { firstOf, keptIn, pageOf } from "./questions.ts";
import type { Doc, Kept, Table } from "./table.ts";

export type AggregateParts = { readonly table: Table; readonly relay: Pick<Relay, "offer">; readonly now: Clock };

/**
 * State and announcement in one row. Between reading and writing nobody else comes: the database belongs to this process, and nothing here
 * waits.
 */
export function sqliteAggregates<S extends State, E extends DomainEvent>(
  spec: AggregateSpec<S, E, DescMessage, string>,
  { table, relay, now }: AggregateParts,
): AggregateStore<S, E> {
  const told = followers<Written<S>>();
  const state = (doc: Doc) => stateOf(spec, doc as Stored);
  const read = (tenant: string, id: string) => table.get(documentId(tenant, id));
  const mustRead = (tenant: string, id: string): Kept => {
    const found = read(tenant, id);
    if (found) return found;
    throw new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);
  };
  const write = (before: Kept | undefined, doc: Stored, after: S, entries: readonly OutboxEntry[]) => {
    const outbox = [...(before?.outbox ?? []), ...entries];
    try {
      table.put(before?.doc, doc, outbox);
    } catch (error) {
      if (!isTaken(error)) throw error;
      throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`, {}, error);
    }
    failpoint("store.committed");
    countWrite(spec.name);
    // All of it: what a crash or the relay has left would be taken for published with what comes after it.
    if (entries.length > 0) announce({ spec, table, relay }, { doc, outbox });
    told.tell(writtenOf(doc, after));
  };
  return {
    find: async (tenant, id) => {
      const found = read(tenant, id);
      return found && state(found.doc);
    },
    get: async (tenant, id, viewer) => {
      const { doc } = mustRead(tenant, id);
      if (viewer === undefined || [doc["visibleTo"]].flat().includes(viewer)) return state(doc);
      throw new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);
    },
    create: async (scope, id, decision) => {
      const existing = read(scope.tenant, id);
      if (existing) {
        checkSameOrigin(spec.noun, scope, existing.doc as Stored);
        return state(existing.doc);
      }
      const { doc, entries } = firstDocument(spec, scope, id, decision, now());
      write(undefined, doc, decision.state, entries);
      return decision.state;
    },
    update: async (scope, id, decide, source) => {
      const found = mustRead(scope.tenant, id);
      const doc = found.doc as Stored;
      const before = state(doc);
      if (seenBefore(scope, doc, source)) return before;
      const change = changeOf(spec, scope, { ...doc, outbox: [...found.outbox] }, before, decide(before), source, now());
      if (!change) return before;
      const next = changed(doc, change);
      const after = state(next);
      write(found, next, after, change.entries);
      return after;
    },
    ...listsOf(table, state),
    follow: told.follow,
    ...keptIn(table, spec.name, "version", spec.overSince && OVER),
  };
}

function listsOf<S>(
  table: Table,
  state: (doc: Doc) => S,
): Pick<AggregateStore<S, never>, "page" | "count" | "group" | "due" | "dueBy" | "postpone"> {
  return {
    page: async (tenant, filter, options) => {
      const page = pageOf(table, tenant, filter, options);
      return { ...page, items: page.items.map(state) };
    },
    count: async (tenant, filter, most) => table.count(tenant, filter, most),
    group: async (tenant, filter, by, sum) => table.group(tenant, filter, by, sum),
    due: async (filter, by, limit) => firstOf(table, filter, by, limit).map((doc) => writtenOf(doc as Stored, state(doc))),
    dueBy: async (by, until, limit) => {
      const found = dueQuestions(by, until).flatMap((asked) => firstOf(table, asked.filter, asked.by, limit)) as Stored[];
      return found.map((doc) => ({ tenant: doc.tenant, state: state(doc), at: dueOf(doc, by) }));
    },
    postpone: async (tenant, id, until) => {
      const found = table.get(documentId(tenant, id));
      if (found) table.put(found.doc, { ...found.doc, postponed: until }, found.outbox);
    },
  };
}

/** @returns false when the relay is full */
export function announce(
  {
    spec: { name, topic },
    table,
    relay,
  }: { readonly spec: Pick<AggregateSpec<State, DomainEvent, DescMessage>, "name" | "topic"> } & Omit<AggregateParts, "now">,
  { doc: { _id, tenant }, outbox }: Kept,
): boolean {
  return relay.offer({
    source: name,
    topic: topic.name,
    tenant,
    id: idOf({ _id, tenant }),
    entries: outbox,
    published: (last) => table.published(_id, last),
  });
}

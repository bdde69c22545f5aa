import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import { memoryDeadLetters, type Relay } from "@trunkline/events";
import { type Clock, followers } from "@trunkline/runtime";
import type { Schema } from "mongoose";
import {
  changed,
  changeOf,
  checkFieldNames,
  checkSameOrigin,
  documentId,
  dueOf,
  dueQuestions,
  firstDocument,
  type Meta,
  type Stored,
  seenBefore,
  stateOf,
  writtenOf,
} from "./aggregate-document.ts";
import { inRange, memoryTable, type Table } from "./memory-table.ts";
import { pageSize, readToken, writeToken } from "./page-token.ts";
import { OVER, withOver } from "./retention.ts";
import type {
  AggregateSpec,
  AggregateStore,
  DomainEvent,
  Filter,
  Kept,
  Page,
  PageOptions,
  RowSpec,
  RowStore,
  StoreBackend,
  Written,
} from "./store.ts";
import { countWrite } from "./writes.ts";

/** The same behaviour without a database: for unit tests, and for benches that isolate what the product itself costs. */
export function memoryBackend(relay: Pick<Relay, "offer">, now: Clock): StoreBackend {
  const tables = new Map<string, Table>();
  const open = ({ name, schema }: RowSpec) => {
    const found = tables.get(name) ?? memoryTable(schema);
    tables.set(name, found);
    return found;
  };
  const dead = memoryDeadLetters(now);
  return {
    async aggregates(spec) {
      checkFieldNames(spec);
      return memoryAggregates(withOver(spec), open(spec), relay, now);
    },
    rows: async <R extends object>(spec: RowSpec) => memoryRows<R>(spec, open(spec)),
    deadLetters: async () => dead,
    check: async () => undefined,
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function memoryAggregates<S extends { readonly id: string }, E extends DomainEvent, M extends DescMessage>(
  spec: AggregateSpec<S, E, M>,
  table: Table,
  relay: Pick<Relay, "offer">,
  now: Clock,
): AggregateStore<S, E> {
  const anySpec = spec as unknown as AggregateSpec<S, E, DescMessage>;
  const told = followers<Written<S>>();
  const state = (doc: Stored) => stateOf(anySpec, doc);
  const read = (tenant: string, id: string) => table.get(documentId(tenant, id));
  const mustRead = (tenant: string, id: string, viewer?: string) => {
    const doc = read(tenant, id);
    if (doc && (viewer === undefined || matches(doc, { visibleTo: viewer }))) return doc;
    throw new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);
  };
  const store = (tenant: string, id: string, doc: Stored, after: S, entries: Meta["outbox"] = []) => {
    checkUnique(spec, table, doc);
    table.put(doc);
    countWrite(spec.name);
    told.tell(writtenOf(doc, after));
    if (entries.length > 0) relay.offer({ source: spec.name, topic: spec.topic.name, tenant, id, entries, published: () => undefined });
  };
  return {
    find: async (tenant, id) => {
      const doc = read(tenant, id);
      return doc && state(doc);
    },
    get: async (tenant, id, viewer) => state(mustRead(tenant, id, viewer)),
    create: async (scope, id, decision) => {
      const existing = read(scope.tenant, id);
      if (existing) {
        checkSameOrigin(spec.noun, scope, existing);
        return state(existing);
      }
      const { doc, entries } = firstDocument(anySpec, scope, id, decision, now());
      store(scope.tenant, id, doc, decision.state, entries);
      return decision.state;
    },
    update: async (scope, id, decide, source) => {
      const doc = mustRead(scope.tenant, id);
      const before = state(doc);
      if (seenBefore(scope, doc, source)) return before;
      const decision = decide(before);
      const change = changeOf(anySpec, scope, doc, before, decision, source, now());
      if (change) store(scope.tenant, id, changed(doc, change), decision.state, change.entries);
      return change ? decision.state : before;
    },
    page: async (tenant, filter, options) => {
      const page = pageOf(table, tenant, filter, options);
      return { items: page.items.map(state), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) => firstOf(table, filter, by, limit).map((doc) => writtenOf(doc, state(doc))),
    dueBy: async (by, until, limit) => {
      const found = dueQuestions(by, until).flatMap((asked) => firstOf(table, asked.filter, asked.by, limit));
      return found.map((doc) => ({ tenant: doc.tenant, state: state(doc), at: dueOf(doc, by) }));
    },
    postpone: async (tenant, id, until) => {
      const doc = read(tenant, id);
      if (doc) table.put({ ...doc, postponed: until });
    },
    follow: told.follow,
    ...keptIn(table, spec.name, spec.overSince && OVER),
  };
}

/** Holds the unique indexes of the schema; sparse ones ask nothing of a document that lacks the field. */
function checkUnique(spec: { readonly noun: string; readonly schema: Schema }, table: Table, doc: Stored): void {
  for (const [key, options] of table.indexes) {
    const fields = Object.keys(key);
    if (!options?.unique || fields.some((field) => doc[field] === undefined)) continue;
    const same = Object.fromEntries(fields.map((field) => [field, doc[field] as string]));
    for (const rival of table.candidates(same))
      if (rival._id !== doc._id && fields.every((field) => rival[field] === doc[field]))
        throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`);
  }
}

function firstOf(table: Table, filter: Filter, by: string, limit: number): Stored[] {
  return sorted(matching(table, filter), by, 1).slice(0, limit);
}

function matching(table: Table, filter: Filter): Stored[] {
  const found: Stored[] = [];
  for (const doc of table.candidates(filter)) if (matches(doc, filter)) found.push(doc);
  return found;
}

function memoryRows<R extends object>({ name, overBy }: RowSpec, table: Table): RowStore<R> {
  const rowOf = ({ _id, tenant, ...row }: Stored) => row as unknown as R;
  const idOf = (doc: Stored) => doc._id.slice(doc.tenant.length + 1);
  return {
    ...keptIn(table, name, overBy),
    find: async (tenant, id) => {
      const doc = table.get(documentId(tenant, id));
      return doc && rowOf(doc);
    },
    upsert: async (tenant, id, decide) => {
      const doc = table.get(documentId(tenant, id));
      const before = doc && rowOf(doc);
      const after = decide(before);
      if (after === undefined) return before;
      table.put({ ...after, _id: documentId(tenant, id), tenant } as unknown as Stored);
      countWrite(name);
      return after;
    },
    remove: async (tenant, id) => table.remove(documentId(tenant, id)),
    page: async (tenant, filter, options) => {
      const page = pageOf(table, tenant, filter, options);
      return { items: page.items.map((doc) => ({ ...rowOf(doc), id: idOf(doc) })), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) =>
      firstOf(table, filter, by, limit).map((doc) => ({ tenant: doc.tenant, id: idOf(doc), row: rowOf(doc) })),
  };
}

/** A document that is written is another object: one that moved is told by that. */
function keptIn(table: Table, name: string, by: string | undefined): Kept {
  return {
    name,
    over: async (until, limit) => (by === undefined ? [] : firstOf(table, { [by]: { $lte: until } }, by, limit)),
    removeOver: async (documents) => {
      const same = documents.filter((doc) => table.get(doc._id) === doc);
      for (const { _id } of same) table.remove(_id);
      return same.length;
    },
  };
}

function pageOf(table: Table, tenant: string, filter: Filter, options: PageOptions): Page<Stored> {
  const cursor = readToken(tenant, filter, options);
  const size = pageSize(options);
  const all = sorted(
    matching(table, filter).filter((doc) => doc.tenant === tenant),
    options.by,
    options.direction,
  );
  const rest = cursor ? all.filter((doc) => order(doc[options.by], doc._id, cursor.value, cursor.id) * options.direction > 0) : all;
  const items = rest.slice(0, size);
  const last = rest.length > size ? items.at(-1) : undefined;
  return {
    items,
    nextToken: last ? writeToken(tenant, filter, options.by, { value: last[options.by] as string | number, id: last._id }) : "",
  };
}

function sorted(docs: Stored[], by: string, direction: 1 | -1): Stored[] {
  return docs.sort((a, b) => direction * order(a[by], a._id, b[by], b._id));
}

function order(a: unknown, idA: string, b: unknown, idB: string): number {
  if (a !== b) return (a as number | string) < (b as number | string) ? -1 : 1;
  return idA < idB ? -1 : idA > idB ? 1 : 0;
}

function matches(doc: Record<string, unknown>, filter: Filter): boolean {
  return Object.entries(filter).every(([key, wanted]) => {
    const value = doc[key];
    const equals = (expected: unknown) => (Array.isArray(value) ? value.includes(expected) : value === expected);
    if (typeof wanted !== "object") return equals(wanted);
    if ("$in" in wanted) return wanted.$in.some(equals);
    if ("$exists" in wanted) return (value !== undefined) === wanted.$exists;
    return inRange(value, wanted);
  });
}

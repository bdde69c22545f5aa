import { DatabaseSync } from "node:sqlite";
import type { DescMessage } from "@bufbuild/protobuf";
import { DomainError } from "@trunkline/errors";
import { RELAY_HOLDS_MS, type Relay } from "@trunkline/events";
import { type Clock, failpoint, failpointActive, followers, type Logger, repeat } from "@trunkline/runtime";
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
import { pageSize, readToken, writeToken } from "./page-token.ts";
import { reannounce } from "./reannounce.ts";
import { OVER, withOver } from "./retention.ts";
import { sqliteDeadLetters } from "./sqlite-dead-letters.ts";
import { type Doc, isTaken, sqliteTable, type Table } from "./sqlite-table.ts";
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

export type SqliteBackendOptions = {
  /** ":memory:" for one that ends with the process. */
  readonly file: string;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  readonly log: Pick<Logger, "warn">;
};

const SWEEP_EVERY_MS = 2_000;
const ANNOUNCE_EVERY_MS = 60_000;
const SWEPT_AT_ONCE = 500;

/**
 * The data of one service in one file, of one process. What was acknowledged is there after the process was killed; the last moments before a
 * power failure may be lost.
 */
export function sqliteBackend({ file, relay, now, log }: SqliteBackendOptions): StoreBackend {
  const db = new DatabaseSync(file);
  db.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 0");
  const tables = new Map<string, Table>();
  const open = ({ name, schema }: Pick<RowSpec, "name" | "schema">, more: readonly string[] = []) => {
    const found = tables.get(name) ?? sqliteTable(db, name, schema, more);
    tables.set(name, found);
    return found;
  };
  const sources: Source[] = [];
  const announcing: (() => Promise<number>)[] = [];
  const upkeep = (everyMs: number, work: () => Promise<unknown>) => repeat({ what: "outbox upkeep", everyMs, work, log, restFirst: true });
  // What ends with the process leaves nothing behind.
  const loops =
    file === ":memory:"
      ? []
      : [
          upkeep(SWEEP_EVERY_MS, async () => {
            if (!failpointActive("sweeper.off")) for (const source of sources) sweep(source, relay, now);
          }),
          upkeep(ANNOUNCE_EVERY_MS, async () => {
            for (const announce of announcing) while ((await announce()) > 0);
          }),
        ];
  return {
    async aggregates(declared) {
      checkFieldNames(declared);
      const spec = withOver(declared);
      const table = open(spec, ["postponed", ...(spec.announce ? ["writtenAt"] : [])]);
      const source = { name: spec.name, topic: spec.topic.name, table };
      sources.push(source);
      const store = sqliteAggregates(spec, source, relay, now);
      const { announce } = spec;
      if (announce) announcing.push(() => reannounce(store, announce, now));
      return store;
    },
    rows: async <R extends object>(spec: RowSpec) => sqliteRows<R>(spec, open(spec)),
    deadLetters: async (consumer) => sqliteDeadLetters(db, consumer, now),
    check: async () => void db.exec("SELECT 1"),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      db.close();
    },
  };
}

/** One collection's events, and where they go. */
type Source = { readonly name: string; readonly topic: string; readonly table: Table };

/** What a crash left behind, and what the relay has given up; younger events belong to the relay that has just taken them. */
function sweep({ name, topic, table }: Source, relay: Pick<Relay, "offer">, now: Clock): void {
  for (const { _id, tenant, outbox } of table.pending(now() - RELAY_HOLDS_MS, SWEPT_AT_ONCE)) {
    const id = _id.slice(tenant.length + 1);
    if (!relay.offer({ source: name, topic, tenant, id, entries: outbox, published: (last) => table.clear(_id, last) })) return;
  }
}

function sqliteAggregates<S extends { readonly id: string }, E extends DomainEvent, M extends DescMessage>(
  declared: AggregateSpec<S, E, M>,
  { table, ...source }: Source,
  relay: Pick<Relay, "offer">,
  now: Clock,
): AggregateStore<S, E> {
  const spec = declared as unknown as AggregateSpec<S, E, DescMessage>;
  const told = followers<Written<S>>();
  const state = (doc: Doc) => stateOf(spec, doc as Stored);
  const read = (tenant: string, id: string) => table.get(documentId(tenant, id)) as Stored | undefined;
  const mustRead = (tenant: string, id: string, viewer?: string) => {
    const doc = read(tenant, id);
    if (doc && (viewer === undefined || [doc["visibleTo"]].flat().includes(viewer))) return doc;
    throw new DomainError("not_found", `${spec.noun}_not_found`, `there is no such ${spec.noun}`);
  };
  const store = (tenant: string, id: string, doc: Stored, after: S, entries: NonNullable<Meta["outbox"]>) => {
    try {
      table.put(doc, entries, doc.writtenAt);
    } catch (error) {
      if (!isTaken(error)) throw error;
      throw new DomainError("already_exists", `${spec.noun}_exists`, `another ${spec.noun} has the same key`, {}, error);
    }
    failpoint("store.committed");
    countWrite(spec.name);
    if (entries.length > 0)
      relay.offer({ source: source.name, topic: source.topic, tenant, id, entries, published: (last) => table.clear(doc._id, last) });
    told.tell(writtenOf(doc, after));
  };
  return {
    ...questionsOf(spec, table),
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
      const { doc, entries } = firstDocument(spec, scope, id, decision, now());
      store(scope.tenant, id, doc, decision.state, entries);
      return decision.state;
    },
    // Between reading and writing nobody else comes: the database belongs to this process, and nothing here waits.
    update: async (scope, id, decide, cause) => {
      const doc = mustRead(scope.tenant, id);
      const before = state(doc);
      if (seenBefore(scope, doc, cause)) return before;
      const change = changeOf(spec, scope, { ...doc, outbox: [...table.outbox(doc._id)] }, before, decide(before), cause, now());
      if (!change) return before;
      const next = changed(doc, change);
      const after = state(next);
      store(scope.tenant, id, next, after, change.entries);
      return after;
    },
    postpone: async (tenant, id, until) => {
      const doc = read(tenant, id);
      if (doc) table.put({ ...doc, postponed: until });
    },
    follow: told.follow,
    ...keptIn(table, spec.name, "version", spec.overSince && OVER),
  };
}

function questionsOf<S extends { readonly id: string }, E extends DomainEvent>(
  spec: AggregateSpec<S, E, DescMessage>,
  table: Table,
): Pick<AggregateStore<S, E>, "page" | "due" | "dueBy"> {
  const state = (doc: Doc) => stateOf(spec, doc as Stored);
  return {
    page: async (tenant, filter, options) => {
      const page = pageOf(table, tenant, filter, options);
      return { items: page.items.map(state), nextToken: page.nextToken };
    },
    due: async (filter, by, limit) => firstOf(table, filter, by, limit).map((doc) => writtenOf(doc as Stored, state(doc))),
    dueBy: async (by, until, limit) => {
      const found = dueQuestions(by, until).flatMap((asked) => firstOf(table, asked.filter, asked.by, limit)) as Stored[];
      return found.map((doc) => ({ tenant: doc.tenant, state: state(doc), at: dueOf(doc, by) }));
    },
  };
}

function sqliteRows<R extends object>({ name, overBy }: RowSpec, table: Table): RowStore<R> {
  const rowOf = ({ _id, tenant, rowVersion, ...row }: Doc) => row as unknown as R;
  const idOf = (doc: Doc) => doc._id.slice(doc.tenant.length + 1);
  return {
    ...keptIn(table, name, "rowVersion", overBy),
    find: async (tenant, id) => {
      const doc = table.get(documentId(tenant, id));
      return doc && rowOf(doc);
    },
    upsert: async (tenant, id, decide) => {
      const doc = table.get(documentId(tenant, id));
      const before = doc && rowOf(doc);
      const after = decide(before);
      if (after === undefined) return before;
      table.put({ ...after, _id: documentId(tenant, id), tenant, rowVersion: Number(doc?.["rowVersion"] ?? 0) + 1 });
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

function keptIn(table: Table, name: string, version: "version" | "rowVersion", by: string | undefined): Kept {
  return {
    name,
    over: async (until, limit) =>
      by === undefined ? [] : firstOf(table, { [by]: { $lte: until } }, by, limit).filter(({ _id }) => table.outbox(_id).length === 0),
    removeOver: async (documents) => {
      const same = documents.filter(({ _id, ...doc }) => table.get(_id)?.[version] === doc[version] && table.outbox(_id).length === 0);
      for (const { _id } of same) table.remove(_id);
      return same.length;
    },
  };
}

function firstOf(table: Table, filter: Filter, by: string, limit: number): Doc[] {
  return table.find({ filter, by, direction: 1, limit });
}

function pageOf(table: Table, tenant: string, filter: Filter, options: PageOptions): Page<Doc> {
  const { by, direction } = options;
  const size = pageSize(options);
  const docs = table.find({ tenant, filter, by, direction, limit: size + 1, after: readToken(tenant, filter, options) });
  const items = docs.slice(0, size);
  const last = docs.length > size ? items.at(-1) : undefined;
  return { items, nextToken: last ? writeToken(tenant, filter, by, { value: last[by] as string | number, id: last._id }) : "" };
}

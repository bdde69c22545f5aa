import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { deserialize, serialize } from "node:v8";
import type { OutboxEntry } from "@trunkline/events";
import type { Schema } from "mongoose";
import type { Cursor } from "./page-token.ts";
import type { Filter } from "./store.ts";

/** A document of any kind; JSON keeps it. */
export type Doc = { readonly _id: string; readonly tenant: string } & Readonly<Record<string, unknown>>;

export type Question = {
  /** Left out: of all tenants. */
  readonly tenant?: string;
  readonly filter: Filter;
  /** Ties by id. */
  readonly by: string;
  readonly direction: 1 | -1;
  readonly limit: number;
  /** Behind this place. */
  readonly after?: Cursor | undefined;
};

/** The documents of one collection, each a row of JSON and of what it has to announce, found by the indexes that are declared for them. */
export type Table = {
  get(id: string): Doc | undefined;
  /** What the document has to announce, oldest first. */
  outbox(id: string): readonly OutboxEntry[];
  /**
   * In one write with what it has to announce besides, since that instant.
   * @throws an error for which {@link isTaken} holds, when another document has the same unique key
   */
  put(doc: Doc, entries?: readonly OutboxEntry[], since?: number): void;
  /** Everything up to this sequence is out. */
  clear(id: string, sequence: number): void;
  /** What has been waiting to be announced since before then, the oldest first. */
  pending(before: number, limit: number): readonly (Pick<Doc, "_id" | "tenant"> & { readonly outbox: readonly OutboxEntry[] })[];
  remove(id: string): void;
  find(question: Question): Doc[];
};

/** Questions of different shape, by far more than a service has. */
const MOST_STATEMENTS = 500;

type Index = { readonly keys: readonly string[]; readonly list: string };

/** @param name of the collection; letters and underscores */
export function sqliteTable(db: DatabaseSync, name: string, schema: Schema, more: readonly string[] = []): Table {
  const lists = new Set(Object.entries(schema.paths).flatMap(([field, { instance }]) => (instance === "Array" ? [field] : [])));
  const side = declare(db, name, schema, lists, more);
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string) => {
    const known = statements.get(sql) ?? db.prepare(sql);
    if (statements.size >= MOST_STATEMENTS) statements.clear();
    statements.set(sql, known);
    return known;
  };
  const rows = (sql: string, values: readonly SQLInputValue[]) => prepared(sql).all(...values) as { doc: string }[];
  const clear = (id: string) => {
    for (const { list } of side) prepared(`DELETE FROM "${list}" WHERE id = ?`).run(id);
  };
  const fill = (doc: Doc) => {
    for (const { keys, list } of side) {
      const marks = [...keys, "id"].map(() => "?").join(", ");
      for (const values of combinations(doc, keys)) prepared(`INSERT OR IGNORE INTO "${list}" VALUES (${marks})`).run(...values, doc._id);
    }
  };
  const outbox = (id: string) => entriesOf(prepared(`SELECT outbox FROM "${name}" WHERE id = ?`).get(id)?.["outbox"]);
  return {
    get(id) {
      const [row] = rows(`SELECT doc FROM "${name}" WHERE id = ?`, [id]);
      return row && (JSON.parse(row.doc) as Doc);
    },
    outbox,
    put(doc, entries = [], since = 0) {
      const upsert = `INSERT INTO "${name}" (id, tenant, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET doc = excluded.doc`;
      inOne(db, () => {
        prepared(upsert).run(doc._id, doc.tenant, JSON.stringify(doc));
        clear(doc._id);
        fill(doc);
        if (entries.length === 0) return;
        const all = serialize([...outbox(doc._id), ...entries]);
        prepared(`UPDATE "${name}" SET outbox = ?, since = coalesce(since, ?) WHERE id = ?`).run(all, since, doc._id);
      });
    },
    clear(id, sequence) {
      const left = outbox(id).filter(({ n }) => n > sequence);
      const [all, since] = left[0] ? [serialize(left), left[0].at] : [null, null];
      prepared(`UPDATE "${name}" SET outbox = ?, since = ? WHERE id = ?`).run(all, since, id);
    },
    pending: (before, limit) =>
      prepared(`SELECT id, tenant, outbox FROM "${name}" WHERE since < ? ORDER BY since LIMIT ?`)
        .all(before, limit)
        .map((row) => ({ _id: String(row["id"]), tenant: String(row["tenant"]), outbox: entriesOf(row["outbox"]) })),
    remove: (id) =>
      inOne(db, () => {
        prepared(`DELETE FROM "${name}" WHERE id = ?`).run(id);
        clear(id);
      }),
    find(question) {
      const { sql, values } = asSql(name, side, lists, question);
      return rows(sql, values).map(({ doc }) => JSON.parse(doc) as Doc);
    },
  };
}

function entriesOf(stored: unknown): readonly OutboxEntry[] {
  return stored instanceof Uint8Array ? (deserialize(stored) as OutboxEntry[]) : [];
}

const UNIQUE = 2067;

/** Another document has the same unique key. */
export function isTaken(error: unknown): boolean {
  return (error as { errcode?: unknown }).errcode === UNIQUE;
}

/** One transaction, or a part of the one that is under way. */
export function inOne<T>(db: DatabaseSync, work: () => T): T {
  if (db.isTransaction) return work();
  db.exec("BEGIN IMMEDIATE");
  try {
    const done = work();
    db.exec("COMMIT");
    return done;
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

/** A field as statements and indexes say it: only what is said alike is found by an index. */
function column(field: string): string {
  if (field === "_id") return "id";
  return field === "tenant" ? "tenant" : `doc ->> '$.${field}'`;
}

/** @returns the tables beside it, one for each index over a list: a row for each of its elements */
function declare(db: DatabaseSync, name: string, schema: Schema, lists: ReadonlySet<string>, more: readonly string[]): readonly Index[] {
  db.exec(
    `CREATE TABLE IF NOT EXISTS "${name}" (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, doc TEXT NOT NULL, outbox BLOB, since INTEGER) STRICT`,
  );
  db.exec(`CREATE INDEX IF NOT EXISTS "${name}__since" ON "${name}" (since) WHERE since IS NOT NULL`);
  const side: Index[] = [];
  const declared = [...schema.indexes(), ...more.map((field) => [{ [field]: 1 }, { sparse: true }] as const)];
  for (const [n, [key, options]] of declared.entries()) {
    const keys = Object.keys(key);
    const named = `${name}__${keys.join("_")}_${n}`;
    if (keys.some((field) => lists.has(field))) {
      side.push({ keys: keys.filter((field) => field !== "_id"), list: named });
      continue;
    }
    const parts = Object.entries(key).map(([field, order]) => `${column(field)}${order === -1 ? " DESC" : ""}`);
    const { unique, sparse } = (options ?? {}) as { unique?: boolean; sparse?: boolean };
    // As the database that this stands for: a sparse index does not have what lacks its field.
    const present = keys.filter((field) => field !== "tenant" && field !== "_id").map((field) => `${column(field)} IS NOT NULL`);
    const where = sparse && present.length > 0 ? ` WHERE ${(unique ? present : present.slice(0, 1)).join(" AND ")}` : "";
    db.exec(`CREATE ${unique ? "UNIQUE " : ""}INDEX IF NOT EXISTS "${named}" ON "${name}" (${parts.join(", ")})${where}`);
  }
  for (const { keys, list } of side) {
    const columns = [...keys, "id"].map((field) => `"${field}"`).join(", ");
    db.exec(`CREATE TABLE IF NOT EXISTS "${list}" (${columns}, PRIMARY KEY (${columns})) WITHOUT ROWID`);
    db.exec(`CREATE INDEX IF NOT EXISTS "${list}_id" ON "${list}" (id)`);
  }
  return side;
}

/** A row for each element of the index's list; none where a document lacks one of its fields. */
function combinations(doc: Doc, keys: readonly string[]): SQLInputValue[][] {
  return keys.reduce<SQLInputValue[][]>(
    (rows, field) => {
      const values = [doc[field]].flat().flatMap((value) => (value === undefined ? [] : [bound(value)]));
      return rows.flatMap((row) => values.map((value) => [...row, value]));
    },
    [[]],
  );
}

function bound(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue);
}

type Part = { readonly sql: string; readonly values: readonly SQLInputValue[] };

function asSql(name: string, side: readonly Index[], lists: ReadonlySet<string>, question: Question): Part {
  const { tenant, filter, by, direction, limit, after } = question;
  const wanted = Object.entries(tenant === undefined ? filter : { tenant, ...filter });
  const from = sideFor(side, lists, wanted, by);
  const of = (field: string) => (from?.keys.includes(field) ? `s."${field}"` : field === "_id" && from ? "s.id" : column(field));
  const order = of(by);
  const [id, way, beyond] = [of("_id"), direction === 1 ? "ASC" : "DESC", direction === 1 ? ">" : "<"];
  const parts = wanted.map(([field, value]) => condition(from?.keys.includes(field) ? undefined : lists, field, of(field), value));
  // The bound beside it lets the index start at the right place.
  if (after)
    parts.push({ sql: `${order} ${beyond}= ? AND (${order}, ${id}) ${beyond} (?, ?)`, values: [after.value, after.value, after.id] });
  const where = parts.length > 0 ? ` WHERE ${parts.map(({ sql }) => sql).join(" AND ")}` : "";
  const tables = from ? `"${from.list}" s CROSS JOIN "${name}" t ON t.id = s.id` : `"${name}"`;
  return {
    sql: `SELECT doc FROM ${tables}${where} ORDER BY ${order} ${way}, ${id} ${way} LIMIT ?`,
    values: [...parts.flatMap(({ values }) => values), limit],
  };
}

/** The index over a list that leads furthest: by the fields that the question holds fast, then its order. */
function sideFor(side: readonly Index[], lists: ReadonlySet<string>, wanted: readonly [string, unknown][], by: string): Index | undefined {
  const fast = new Set(wanted.flatMap(([field, value]) => (typeof value === "object" ? [] : [field])));
  const reach = ({ keys }: Index) => {
    const lead = keys.findIndex((field) => !fast.has(field));
    const held = lead < 0 ? keys.length : lead;
    return keys.slice(0, held).some((field) => lists.has(field)) ? held + (keys[held] === by ? 0.5 : 0) : 0;
  };
  const best = side.toSorted((a, b) => reach(b) - reach(a))[0];
  return best && reach(best) > 0 ? best : undefined;
}

function condition(lists: ReadonlySet<string> | undefined, field: string, column: string, wanted: Filter[string]): Part {
  const each = (sql: string, values: readonly SQLInputValue[]): Part =>
    lists?.has(field)
      ? { sql: `EXISTS (SELECT 1 FROM json_each(doc, '$.${field}') WHERE value ${sql})`, values }
      : { sql: `${column} ${sql}`, values };
  if (typeof wanted !== "object") return each("= ?", [bound(wanted)]);
  if ("$in" in wanted) return each(`IN (${wanted.$in.map(() => "?").join(", ")})`, wanted.$in.map(bound));
  if ("$exists" in wanted) return { sql: `${column} IS ${wanted.$exists ? "NOT " : ""}NULL`, values: [] };
  if ("$lte" in wanted) return { sql: `${column} <= ?`, values: [wanted.$lte] };
  return { sql: `${column} >= ? AND ${column} < ?`, values: [wanted.$gte, wanted.$lt] };
}

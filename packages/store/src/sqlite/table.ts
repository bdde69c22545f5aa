import type { SQLInputValue } from "node:sqlite";
import { isDeepStrictEqual } from "node:util";
import { deserialize, serialize } from "node:v8";
import type { OutboxEntry } from "@trunkline/events";
import type { Elements, Filter, Group, Indexed } from "../store.ts";
import type { Database, Row } from "./database.ts";
import { asSql, bound, countSql, declared, groupSql, type Path, type Question } from "./paths.ts";

/** A document of any kind; JSON keeps it. */
export type Doc = { readonly _id: string; readonly tenant: string } & Readonly<Record<string, unknown>>;
/** With what it has to announce, oldest first. */
export type Kept = { readonly doc: Doc; readonly outbox: readonly OutboxEntry[] };

/** The documents of one collection, each a row of JSON and of what it has to announce, found by the indexes that are declared for them. */
export type Table = {
  get(id: string): Kept | undefined;
  /**
   * In one write with all that it has to announce.
   * @param before the document as it stood; undefined for a new one
   * @throws an error for which isTaken holds, when another document has the same unique key
   */
  put(before: Doc | undefined, doc: Doc, outbox?: readonly OutboxEntry[]): void;
  /** Everything up to this sequence is out: it leaves the document with the next write, or a moment later. */
  published(id: string, sequence: number): void;
  /** What has been waiting to be announced since before then, the oldest first. */
  pending(before: number, limit: number): readonly Kept[];
  /** In one transaction: with one each, hundreds keep every service of the process waiting for the disk. */
  remove(ids: readonly string[]): void;
  find(question: Question): Doc[];
  /** Counted to `most`. */
  count(tenant: string, filter: Filter, most: number): number;
  group(tenant: string, filter: Filter, by: string, sum?: string): Group[];
  /** Notes what is out: the next start need not publish it again. */
  close(): void;
};

/** So long after it is out an event may still stand in its document: one statement then takes many. */
const CLEAR_MS = 200;

export function sqliteTable(db: Database, spec: Indexed): Table {
  const { name } = spec;
  const collection = declared(spec);
  const side = collection.paths.filter(({ list }) => list);
  make(db, name, side, collection.statements);
  const published = noteOf(db, name);
  const kept = (row: Row): Kept => {
    const doc = JSON.parse(String(row["doc"])) as Doc;
    return { doc, outbox: published.left(doc._id, entriesOf(row["outbox"])) };
  };
  const select = `SELECT doc, outbox FROM "${name}"`;
  const upsert = `INSERT INTO "${name}" VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET doc = excluded.doc, outbox = excluded.outbox, since = excluded.since`;
  return {
    get(id) {
      const row = db.get(`${select} WHERE id = ?`, [id]);
      return row && kept(row);
    },
    put(before, doc, outbox = []) {
      const moved = side.filter(({ keys }) => before === undefined || keys.some((key) => !isDeepStrictEqual(before[key], doc[key])));
      const write = () => {
        db.run(upsert, [doc._id, doc.tenant, JSON.stringify(doc), ...stored(outbox)]);
        fill(db, moved, before, doc);
      };
      if (moved.length > 0) db.inOne(write);
      else write();
    },
    published: published.note,
    pending: (before, limit) => db.all(`${select} WHERE since < ? ORDER BY since LIMIT ?`, [before, limit]).map(kept),
    remove: (ids) =>
      db.inOne(() => {
        for (const id of ids) {
          const row = db.get(`DELETE FROM "${name}" WHERE id = ? RETURNING doc`, [id]);
          if (row) fill(db, side, JSON.parse(String(row["doc"])) as Doc, undefined);
        }
      }),
    close: published.close,
    group(tenant, filter, by, sum) {
      const { sql, values } = groupSql(collection, tenant, filter, by, sum);
      const value = (row: Row) => (row["value"] === null ? undefined : (row["value"] as string | number));
      return db.all(sql, values).map((row) => ({ value: value(row), count: Number(row["count"]), sum: Number(row["sum"]) }));
    },
    count(tenant, filter, most) {
      const { sql, values } = countSql(collection, rarestFirst(db, side, { tenant, filter, by: "_id", direction: 1, limit: most }));
      return Number(db.get(sql, values)?.["count"]);
    },
    find(question) {
      const { sql, values } = asSql(collection, rarestFirst(db, side, question));
      return db.all(sql, values).map((row) => JSON.parse(String(row["doc"])) as Doc);
    },
  };
}

/** The table, its indexes, and the tables beside it: one that a release declares anew is filled from what is there, as SQLite does with indexes. */
function make(db: Database, name: string, side: readonly Path[], statements: readonly string[]): void {
  const isThere = (what: string) => db.get("SELECT 1 FROM sqlite_schema WHERE name = ?", [what]) !== undefined;
  db.inOne(() => {
    const missing = isThere(name) ? side.filter((path) => !isThere(path.name)) : [];
    db.run(
      `CREATE TABLE IF NOT EXISTS "${name}" (id TEXT PRIMARY KEY, tenant TEXT NOT NULL, doc TEXT NOT NULL, outbox BLOB, since INTEGER) STRICT`,
    );
    db.run(`CREATE INDEX IF NOT EXISTS "${name}__since" ON "${name}" (since) WHERE since IS NOT NULL`);
    for (const statement of statements) db.run(statement);
    if (missing.length === 0) return;
    for (const page of pagesOf(db, name)) for (const { doc } of page) fill(db, missing, undefined, JSON.parse(String(doc)) as Doc);
  });
}

const PAGE = 500;

/** All rows of a collection (id, doc, outbox, since), a page at a time by id: it may be larger than the memory. */
export function* pagesOf(db: Pick<Database, "all">, name: string): Generator<readonly Row[]> {
  const read = (after: string) => db.all(`SELECT id, doc, outbox, since FROM "${name}" WHERE id > ? ORDER BY id LIMIT ?`, [after, PAGE]);
  for (let rows = read(""); rows.length > 0; rows = read(String(rows.at(-1)?.["id"]))) yield rows;
}

/** Up to which event each document's are out. They leave the document with its next write, or a moment later, many with one statement. */
function noteOf(db: Database, name: string) {
  const out = new Map<string, number>();
  let clearing: NodeJS.Timeout | undefined;
  const left = (id: string, outbox: readonly OutboxEntry[]) => {
    const last = out.get(id);
    return last === undefined ? outbox : outbox.filter(({ n }) => n > last);
  };
  const clear = () => {
    clearing = undefined;
    try {
      db.inOne(() => {
        for (const id of out.keys()) {
          const row = db.get(`SELECT outbox FROM "${name}" WHERE id = ? AND since IS NOT NULL`, [id]);
          if (row) db.run(`UPDATE "${name}" SET outbox = ?, since = ? WHERE id = ?`, [...stored(left(id, entriesOf(row["outbox"]))), id]);
        }
      });
      out.clear();
    } catch {
      // The disk is full, say: it is noted with the next one, or published once more after a start, and fences know it.
    }
  };
  return {
    left,
    note(id: string, sequence: number) {
      out.set(id, Math.max(sequence, out.get(id) ?? 0));
      clearing ??= setTimeout(clear, CLEAR_MS).unref();
    },
    close() {
      clearTimeout(clearing);
      clear();
    },
  };
}

/** The rows beside a document for each element of its lists: those of the one that it was go, those of the one that it is come. */
function fill(db: Database, paths: readonly Path[], before: Doc | undefined, after: Doc | undefined): void {
  for (const { name, keys } of paths) {
    const columns = [...keys, "id"];
    const [gone, there] = [before, after].map((doc) => new Map(doc && combinations(doc, keys).map((row) => [JSON.stringify(row), row])));
    const where = columns.map((column) => `"${column}" = ?`).join(" AND ");
    for (const [key, row] of gone ?? []) if (!there?.has(key)) db.run(`DELETE FROM "${name}" WHERE ${where}`, row);
    const marks = columns.map(() => "?").join(", ");
    for (const [key, row] of there ?? []) if (!gone?.has(key)) db.run(`INSERT OR IGNORE INTO "${name}" VALUES (${marks})`, row);
  }
}

/** A row for each element of the index's list; none where a document lacks one of its fields. */
function combinations(doc: Doc, keys: readonly string[]): SQLInputValue[][] {
  const rows = keys.reduce<SQLInputValue[][]>(
    (rows, field) => {
      const values = [doc[field]].flat().flatMap((value) => (value === undefined ? [] : [bound(value)]));
      return rows.flatMap((row) => values.map((value) => [...row, value]));
    },
    [[]],
  );
  return rows.map((row) => [...row, doc._id]);
}

/** More than this are not put in order. */
const FEW = 1_000;

/** Of several elements that a list is to hold the one that fewest have leads; and where all are common, the order does. */
function rarestFirst(db: Database, side: readonly Path[], question: Question): Question {
  const [field, elements] = Object.entries(question.filter).find(([, value]) => typeof value === "object" && "$all" in value) ?? [];
  const path = side.find(({ keys }) => keys[0] === "tenant" && keys[1] === field);
  if (!field || !path || question.tenant === undefined) return question;
  const { $all, $in } = elements as Elements;
  const sql = `SELECT count(*) AS count FROM (SELECT 1 FROM "${path.name}" WHERE tenant = ? AND "${field}" = ? LIMIT ${FEW + 1})`;
  const countOf = (value: Elements["$all"][number]) => Number(db.get(sql, [question.tenant ?? "", bound(value)])?.["count"]);
  const counted = $all.map((value) => ({ value, count: countOf(value) })).sort((a, b) => a.count - b.count);
  const fewest = counted[0]?.count ?? 0;
  const some = $in ? $in.reduce<number>((sum, value) => (sum > fewest ? sum : sum + countOf(value)), 0) : fewest;
  const isCommon = Math.min(some, fewest) > FEW && path.keys[2] !== question.by && question.by !== "_id";
  const lead = isCommon ? "order" : some < fewest ? "one" : undefined;
  const filter = { ...question.filter, [field]: { $all: counted.map(({ value }) => value), ...($in ? { $in } : {}) } };
  return { ...question, filter, ...(lead ? { lead } : {}) };
}

/** What a row keeps of an outbox, and since when the oldest of it waits. */
function stored(outbox: readonly OutboxEntry[]): [Uint8Array | null, number | null] {
  return outbox[0] ? [serialize(outbox), outbox[0].at] : [null, null];
}

export function entriesOf(stored: unknown): readonly OutboxEntry[] {
  return stored instanceof Uint8Array ? (deserialize(stored) as OutboxEntry[]) : [];
}

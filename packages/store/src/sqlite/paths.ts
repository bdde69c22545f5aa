import type { SQLInputValue } from "node:sqlite";
import type { Cursor } from "../page-token.ts";
import { type Elements, type Filter, type Index, type Indexed, partsOf } from "../store.ts";

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
  /**
   * What leads where a list is to hold several elements: the first of all that are wanted; `one` of some, where fewer have it; their `order`, where too
   * many have either for them to be put in order.
   */
  readonly lead?: "one" | "order";
};

/** A way to documents: an index over their table, or, where one of its fields holds lists, a table beside it with a row for each element. */
export type Path = {
  /** Of the index or of the table. */
  readonly name: string;
  readonly keys: readonly string[];
  readonly list: boolean;
  /** It has only documents with this field. */
  readonly needs: string | undefined;
};

export type Collection = { readonly name: string; readonly lists: ReadonlySet<string>; readonly paths: readonly Path[] };
export type Part = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** A field as statements and indexes say it: only what is said alike is found by an index. */
function column(field: string): string {
  if (field === "_id") return "id";
  return field === "tenant" ? "tenant" : `doc ->> '$.${field}'`;
}

export function bound(value: unknown): SQLInputValue {
  return typeof value === "boolean" ? Number(value) : (value as SQLInputValue);
}

/** The declared indexes as statements that make them, and as ways to go. */
export function declared({ name, indexes, lists = [] }: Indexed): Collection & { readonly statements: readonly string[] } {
  const known = new Set<string>(lists);
  const made = indexes.map((index) => declareOne(name, index, known));
  return { name, lists: known, paths: made.map(({ path }) => path), statements: made.flatMap(({ statements }) => statements) };
}

function declareOne(table: string, index: Index, lists: ReadonlySet<string>): { path: Path; statements: string[] } {
  const [keys, { unique, sparse, partial }] = partsOf(index);
  const fields = Object.keys(keys);
  const own = fields.filter((field) => field !== "tenant" && field !== "_id");
  const name = `${table}__${fields.map((field) => (keys[field] === -1 ? `${field}_down` : field)).join("_")}`;
  if (fields.some((field) => lists.has(field))) {
    const kept = fields.filter((field) => field !== "_id");
    const columns = [...kept, "id"].map((field) => `"${field}"`).join(", ");
    const statement = `CREATE TABLE IF NOT EXISTS "${name}" (${columns}, PRIMARY KEY (${columns})) WITHOUT ROWID`;
    return { path: { name, keys: kept, list: true, needs: undefined }, statements: [statement] };
  }
  const parts = fields.map((field) => `${column(field)}${keys[field] === -1 ? " DESC" : ""}`).join(", ");
  const present = unique ? own : sparse || partial ? own.slice(0, 1) : [];
  const where = present.length > 0 ? ` WHERE ${present.map((field) => `${column(field)} IS NOT NULL`).join(" AND ")}` : "";
  const statement = `CREATE ${unique ? "UNIQUE " : ""}INDEX IF NOT EXISTS "${name}" ON "${table}" (${parts})${where}`;
  return { path: { name, keys: fields, list: false, needs: present[0] }, statements: [statement] };
}

/** The statement that counts by a field's values. */
export function groupSql({ lists, paths, name }: Collection, tenant: string, filter: Filter, by: string, sum: string | undefined): Part {
  const wanted = Object.entries({ tenant, ...filter });
  const path = choose(
    paths.filter(({ list }) => !list),
    lists,
    wanted,
    by,
  );
  const parts = wanted.map(([field, value]) => condition(lists, field, column(field), value));
  const total = sum === undefined ? "0" : `total(${column(sum)})`;
  return {
    sql: `SELECT ${column(by)} AS value, count(*) AS count, ${total} AS sum FROM "${name}"${path ? ` INDEXED BY "${path.name}"` : ""}
      WHERE ${parts.map(({ sql }) => sql).join(" AND ")} GROUP BY ${column(by)}`,
    values: parts.flatMap(({ values }) => values),
  };
}

/** The statement that answers a question, by the way that leads furthest: SQLite without statistics often chooses another. */
export function asSql(collection: Collection, question: Question): Part {
  const { by, direction, limit } = question;
  const { from, where, values, order, id, once } = waysTo(collection, question);
  const way = direction === 1 ? "ASC" : "DESC";
  return { sql: `SELECT doc FROM ${from}${where}${once} ORDER BY ${order(by)} ${way}, ${id} ${way} LIMIT ?`, values: [...values, limit] };
}

/** The statement that counts what answers a question, up to its limit. */
export function countSql(collection: Collection, question: Question): Part {
  const { from, where, values, once } = waysTo(collection, question);
  return { sql: `SELECT count(*) AS count FROM (SELECT 1 FROM ${from}${where}${once} LIMIT ?)`, values: [...values, question.limit] };
}

function waysTo({ name, lists, paths }: Collection, { tenant, filter, by, direction, after, lead }: Question) {
  const asked = Object.entries(tenant === undefined ? filter : { tenant, ...filter });
  const wanted = asked.flatMap(([field, value]) => eachOf(field, value, lead === "one"));
  const path = choose(lead ? paths.filter(({ list }) => list === (lead === "one")) : paths, lists, wanted, by);
  const side = path?.list ? path : undefined;
  const of = (field: string) => (side?.keys.includes(field) ? `s."${field}"` : field === "_id" && side ? "s.id" : `t.${column(field)}`);
  const [order, id] = [of(by), of("_id")];
  // One of them leads; that a document has the others as well is looked up beside it.
  const led = wanted.findIndex(([field]) => side?.keys.includes(field) && lists.has(field));
  const parts = wanted.map(([field, value], n) => {
    const leads = side?.keys.includes(field) && (n === led || !lists.has(field));
    if (leads || !lists.has(field)) return condition(undefined, field, of(field), value);
    const beside =
      wanted.filter(([other]) => other === field).length > 1 ? paths.find(({ list, keys }) => list && keys.includes(field)) : undefined;
    return beside ? besideIt(beside, field, value, of) : condition(lists, field, of(field), value);
  });
  // The bound beside it lets the index start at the right place.
  const beyond = direction === 1 ? ">" : "<";
  if (after)
    parts.push({ sql: `${order} ${beyond}= ? AND (${order}, ${id}) ${beyond} (?, ?)`, values: [after.value, after.value, after.id] });
  const first = led < 0 ? undefined : wanted[led]?.[1];
  return {
    from: side ? `"${side.name}" s CROSS JOIN "${name}" t ON t.id = s.id` : `"${name}" t${path ? ` INDEXED BY "${path.name}"` : ""}`,
    where: parts.length > 0 ? ` WHERE ${parts.map(({ sql }) => sql).join(" AND ")}` : "",
    values: parts.flatMap(({ values }) => values),
    order: of,
    id,
    // An element that is there twice, or two of those that are wanted, are one document.
    once: side && typeof first === "object" ? " GROUP BY t.id" : "",
  };
}

/** Of a list that is to hold several elements, each for itself. */
function eachOf(field: string, value: Filter[string], oneLeads: boolean): (readonly [string, Exclude<Filter[string], Elements>])[] {
  if (typeof value !== "object" || !("$all" in value)) return [[field, value]];
  const { $all, $in } = value;
  const [all, one] = [$all.map((each) => [field, each] as const), $in ? [[field, { $in }] as const] : []];
  return oneLeads ? [...one, ...all] : [...all, ...one];
}

/** That the document has this element too, by the rows of its list. */
function besideIt({ name, keys }: Path, field: string, value: Filter[string], of: (field: string) => string): Part {
  const same = keys.filter((key) => key !== field).map((key) => `x."${key}" = ${of(key)} AND `);
  const { sql, values } = condition(undefined, field, `x."${field}"`, value);
  return { sql: `EXISTS (SELECT 1 FROM "${name}" x WHERE ${same.join("")}${sql} AND x.id = ${of("_id")})`, values };
}

/** By the fields that the question holds fast, then by its order, then by a range. */
function choose(
  paths: readonly Path[],
  lists: ReadonlySet<string>,
  wanted: readonly (readonly [string, Filter[string]])[],
  by: string,
): Path | undefined {
  // Of several elements the first one: it is what leads.
  const asked = new Map(wanted.toReversed());
  const isFast = (field: string) => {
    const value = asked.get(field);
    return value !== undefined && (typeof value !== "object" || ("$exists" in value && !value.$exists));
  };
  const reach = ({ keys, list, needs }: Path): number => {
    const lead = keys.findIndex((field) => !isFast(field));
    const held = lead < 0 ? keys.length : lead;
    if (needs !== undefined && !isPresent(asked.get(needs))) return 0;
    const next = keys[held];
    const narrowed = next !== undefined && asked.has(next) && isPresent(asked.get(next));
    // A way over elements that none is asked for leads to each document several times.
    if (list && !keys.slice(0, narrowed ? held + 1 : held).some((field) => lists.has(field))) return 0;
    return held + (next === by ? 0.5 : 0) + (narrowed ? 0.25 : 0);
  };
  let best: { path: Path; reach: number } | undefined;
  for (const path of paths) {
    const leads = reach(path);
    if (leads > (best?.reach ?? 0)) best = { path, reach: leads };
  }
  return best?.path;
}

function isPresent(wanted: Filter[string] | undefined): boolean {
  return wanted !== undefined && (typeof wanted !== "object" || !("$exists" in wanted) || wanted.$exists);
}

function condition(lists: ReadonlySet<string> | undefined, field: string, column: string, wanted: Filter[string]): Part {
  const each = (sql: string, values: readonly SQLInputValue[]): Part =>
    lists?.has(field)
      ? { sql: `EXISTS (SELECT 1 FROM json_each(doc, '$.${field}') WHERE value ${sql})`, values }
      : { sql: `${column} ${sql}`, values };
  if (typeof wanted !== "object") return each("= ?", [bound(wanted)]);
  if ("$in" in wanted) return each(`IN (${wanted.$in.map(() => "?").join(", ")})`, wanted.$in.map(bound));
  if ("$exists" in wanted) return { sql: `${column} IS ${wanted.$exists ? "NOT " : ""}NULL`, values: [] };
  if ("$all" in wanted) throw new Error(`${field} holds no lists by whose elements documents are found`);
  const edges = Object.entries(EDGES).flatMap(([name, sign]) => {
    const edge = wanted[name as keyof typeof EDGES];
    return edge === undefined ? [] : [{ sql: `${column} ${sign} ?`, edge }];
  });
  return { sql: edges.map(({ sql }) => sql).join(" AND ") || "TRUE", values: edges.map(({ edge }) => edge) };
}

const EDGES = { $gte: ">=", $lt: "<", $lte: "<=" } as const;

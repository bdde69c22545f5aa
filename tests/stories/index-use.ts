/** A query as it went to the database. */
export type Query = { readonly filter: Conditions; readonly sort?: Readonly<Record<string, number>> };
/** An index as the database lists it: its fields in order, 1 up and -1 down. */
export type Index = { readonly key: Readonly<Record<string, unknown>>; readonly unique?: boolean };
type Conditions = Readonly<Record<string, unknown>>;

/** Values that name their company in themselves, so that the tenant beside them rules out nothing. */
const OWN_TO_A_TENANT = /Keys?$|^(openFor|liveOn|waits)$/;
/** What a timer put off is kept out of the way, and is little. */
const FEW = new Set(["postponed"]);
/** Of records in an order of its own the planner chooses: by the terms where few have them, else by the order, looking for the terms beside it (ADR 0021). */
const CHOSEN = new Set(["terms"]);

/**
 * What is wrong with how these indexes serve a query; "" when one of them does: it begins with the fields that are compared for equality and
 * goes on in the order that is asked for (or its reverse), so that nothing is sorted in memory and nothing read to be thrown away.
 * @see MongoDB manual "The ESR (Equality, Sort, Range) Guideline"
 */
export function unserved({ filter, sort = {} }: Query, indexes: readonly Index[]): string {
  const asked = conditions(filter);
  if (asked.has("_id")) return "";
  if (indexes.some(({ key, unique }) => unique && Object.keys(key).every((field) => asked.get(field) === "equal"))) return "";
  const faults = indexes.map(({ key }) => faultOf(Object.entries(key), asked, Object.entries(sort)));
  // Of the indexes that do not serve it the nearest: the one that at least keeps the order.
  return faults.includes("") ? "" : (faults.find((fault) => fault.includes("rules out")) ?? faults.at(-1) ?? "there is no index");
}

function faultOf(
  index: readonly [string, unknown][],
  asked: ReadonlyMap<string, "equal" | "range">,
  sort: readonly [string, number][],
): string {
  const equal = (field: string) => asked.get(field) === "equal";
  const order = sort.filter(([field]) => !equal(field));
  const start = index.findIndex(([field]) => !equal(field));
  const [led, rest] = start < 0 ? [index, []] : [index.slice(0, start), index.slice(start)];
  const reversed = order[0] && rest[0]?.[1] !== order[0][1] ? -1 : 1;
  if (!order.every(([field, way], n) => rest[n]?.[0] === field && rest[n]?.[1] === way * reversed))
    return `sorts in memory by ${order.map(([field]) => field).join(", ")}`;
  if (led.length === 0 && !asked.has(rest[0]?.[0] ?? "")) return asked.size > 0 || order.length === 0 ? "reads everything" : "";
  if (FEW.has(order[0]?.[0] ?? "")) return "";
  const fields = new Set(index.map(([field]) => field));
  const owned = led.some(([field]) => OWN_TO_A_TENANT.test(field));
  const after = [...asked.keys()].filter(
    (field) => !fields.has(field) && !FEW.has(field) && !CHOSEN.has(field) && !(owned && field === "tenant"),
  );
  return after.length > 0 ? `reads what ${after.join(", ")} then rules out` : "";
}

/** How each field is compared. The sides of an $and count together; an $or stands beside a bound of its own and counts for nothing. */
function conditions(filter: Conditions): ReadonlyMap<string, "equal" | "range"> {
  return new Map(
    Object.entries(filter).flatMap(([field, value]): [string, "equal" | "range"][] => {
      if (field === "$and") return (value as Conditions[]).flatMap((side) => [...conditions(side)]);
      return field.startsWith("$") ? [] : [[field, isEqual(value) ? "equal" : "range"]];
    }),
  );
}
const isEqual = (value: unknown) =>
  typeof value !== "object" ||
  value === null ||
  Object.keys(value).every((key) => !key.startsWith("$") || key === "$eq" || key === "$in" || key === "$all");

/** The queries in a command of the driver. */
export function queriesOf(command: Readonly<Record<string, unknown>>): readonly Query[] {
  const { filter, query, sort, updates, deletes, pipeline } = command as {
    [key in "filter" | "query"]?: Conditions;
  } & { sort?: Query["sort"]; [key: string]: unknown };
  const parts = (updates ?? deletes) as { q: Conditions }[] | undefined;
  if (parts) return parts.map(({ q }) => ({ filter: q }));
  const match = (pipeline as { $match?: Conditions }[] | undefined)?.[0]?.$match;
  const asked = match ?? filter ?? query ?? {};
  return [entries(sort).length > 0 ? { filter: asked, sort: Object.fromEntries(entries(sort)) } : { filter: asked }];
}
/** The driver sends an order as a map. */
const entries = (sort: object | undefined): [string, number][] => (sort instanceof Map ? [...sort] : Object.entries(sort ?? {}));

/** What two queries that differ only in their values have in common. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value instanceof Map) return shapeOf(Object.fromEntries(value));
  if (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
  return typeof value;
}

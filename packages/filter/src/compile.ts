import { DomainError } from "@trunkline/errors";
import { folded, plain } from "@trunkline/search";
import { type Condition, checkSize, type Filter, isCondition, type Operator, partsOf } from "./filter.ts";
import { daysWithin, type Moment } from "./relative.ts";
import { type Scalar, termOf } from "./term.ts";

/** How a field answers conditions. */
export type Filterable<R> = {
  /** `exact`: the same or not. `number`, `date` (YYYY-MM-DD) and `instant` (epoch ms) have an order besides, `text` beginnings and parts. */
  readonly as: "exact" | "text" | "number" | "date" | "instant";
  /** Every value leads to its records by its term. */
  readonly isTerm: boolean;
  /** What a record has there; none where it is empty. */
  readonly of: (record: R) => readonly Scalar[];
  /** A value that is asked for, as the field keeps it; undefined: it can have none such. */
  readonly wanted: (value: unknown) => Scalar | undefined;
};

/** Both are within; undefined: there is none. */
export type Bounds = { readonly from?: Scalar; readonly to?: Scalar };

export type Compiled<R> = {
  readonly matches: (record: R) => boolean;
  /** A record that matches has at least one term of each of these: by them an index leads to it. */
  readonly needs: readonly (readonly string[])[];
  /** The terms are all there is to it. */
  readonly isTerms: boolean;
  /** What matches lies within these in a field with an order, at the most. */
  readonly bounds: (field: string) => Bounds;
};

const ANY: readonly Operator[] = ["equal", "not_equal", "in", "not_in", "empty", "not_empty"];
const ORDER: readonly Operator[] = ["less", "at_most", "greater", "at_least", "between"];
const OPERATORS: Readonly<Record<Filterable<never>["as"], ReadonlySet<Operator>>> = {
  exact: new Set(ANY),
  text: new Set([...ANY, "starts_with", "contains"]),
  number: new Set([...ANY, ...ORDER]),
  date: new Set([...ANY, ...ORDER, "within"]),
  instant: new Set([...ANY, ...ORDER, "within"]),
};
/** What a field that answers so can be asked for with. */
export const operatorsOf = (as: Filterable<never>["as"]): ReadonlySet<Operator> => OPERATORS[as];

/** How many values an operator takes; any number where it is not said. */
const VALUES: Readonly<Partial<Record<Operator, number>>> = {
  equal: 1,
  not_equal: 1,
  less: 1,
  at_most: 1,
  greater: 1,
  at_least: 1,
  between: 2,
  starts_with: 1,
  contains: 1,
  empty: 0,
  not_empty: 0,
  within: 1,
};

/**
 * @param fields those that can be asked for, by name
 * @throws invalid filter_too_large | filter_field_unknown | filter_operator_invalid | filter_value_invalid
 */
export function compile<R>(filter: Filter, fields: (name: string) => Filterable<R> | undefined, moment: Moment): Compiled<R> {
  checkSize(filter);
  const compiled = compileTree(filter, fields, moment);
  return {
    matches: compiled.matches,
    needs: compiled.needs,
    isTerms: compiled.isTerms,
    bounds: (field) => compiled.bounds.get(field) ?? {},
  };
}

type Part<R> = Pick<Compiled<R>, "matches" | "needs" | "isTerms"> & { readonly bounds: ReadonlyMap<string, Bounds> };
const NOWHERE: ReadonlyMap<string, Bounds> = new Map();

function compileTree<R>(filter: Filter, fields: (name: string) => Filterable<R> | undefined, moment: Moment): Part<R> {
  if (isCondition(filter)) return compileCondition(filter, fieldOf(filter, fields), moment);
  const parts = partsOf(filter).map((part) => compileTree(part, fields, moment));
  if ("all" in filter) {
    return {
      matches: (record) => parts.every(({ matches }) => matches(record)),
      needs: parts.flatMap(({ needs }) => needs),
      isTerms: parts.every(({ isTerms }) => isTerms),
      bounds: parts.reduce<ReadonlyMap<string, Bounds>>((all, { bounds }) => narrowed(all, bounds), NOWHERE),
    };
  }
  const some = (record: R) => parts.some(({ matches }) => matches(record));
  if ("none" in filter) return { matches: (record) => !some(record), needs: [], isTerms: false, bounds: NOWHERE };
  // Each way has a term of its own, or none of them leads.
  const shortest = parts.map(({ needs }) => needs.toSorted((a, b) => a.length - b.length)[0]);
  const terms = shortest.every((one) => one !== undefined) ? [shortest.flat()] : [];
  return { matches: some, needs: terms, isTerms: parts.every(({ isTerms, needs }) => isTerms && needs.length === 1), bounds: NOWHERE };
}

function narrowed(a: ReadonlyMap<string, Bounds>, b: ReadonlyMap<string, Bounds>): ReadonlyMap<string, Bounds> {
  const all = new Map(a);
  for (const [field, { from, to }] of b) {
    const before = all.get(field) ?? {};
    const highest = before.from !== undefined && (from === undefined || before.from > from) ? before.from : from;
    const lowest = before.to !== undefined && (to === undefined || before.to < to) ? before.to : to;
    all.set(field, { ...(highest === undefined ? {} : { from: highest }), ...(lowest === undefined ? {} : { to: lowest }) });
  }
  return all;
}

function fieldOf<R>({ field, operator, values }: Condition, fields: (name: string) => Filterable<R> | undefined): Filterable<R> {
  const found = fields(field);
  if (!found)
    throw new DomainError("invalid", "filter_field_unknown", `no field ${field.slice(0, 60)} can be asked for`, {
      field: field.slice(0, 60),
    });
  const count = VALUES[operator];
  if (!OPERATORS[found.as].has(operator) || (count !== undefined && values.length !== count))
    throw new DomainError(
      "invalid",
      "filter_operator_invalid",
      `${field} cannot be asked for with ${operator} and ${values.length} values`,
      {
        field,
        operator,
      },
    );
  return found;
}

function valueInvalid(field: string): DomainError {
  return new DomainError("invalid", "filter_value_invalid", `${field} can have no such value`, { field });
}

function compileCondition<R>({ field, operator, values }: Condition, { as, isTerm, of, wanted }: Filterable<R>, moment: Moment): Part<R> {
  if (operator === "within") return within(field, as, of, values[0], moment);
  const asked = values.map((value) => {
    const known = wanted(value);
    if (known === undefined) throw valueInvalid(field);
    return known;
  });
  const [first = "", second = first] = asked;
  const some = (holds: (value: Scalar) => boolean) => (record: R) => of(record).some(holds);
  const part = (matches: (record: R) => boolean, more: Partial<Part<R>> = {}): Part<R> => ({
    matches,
    needs: [],
    isTerms: false,
    bounds: NOWHERE,
    ...more,
  });
  const same = new Set(asked.map(comparable));
  const isOne = some((value) => same.has(comparable(value)));
  switch (operator) {
    case "equal":
    case "in":
      return part(isOne, {
        isTerms: isTerm,
        needs: isTerm ? [asked.map((value) => termOf(field, value))] : [],
        bounds: around(field, as, asked),
      });
    case "not_equal":
    case "not_in":
      return part((record) => !isOne(record));
    case "starts_with":
      return part(some((value) => folded(String(value)).startsWith(folded(String(first)))));
    case "contains":
      return part(some((value) => plain(String(value)).includes(plain(String(first)))));
    case "empty":
      return part((record) => of(record).length === 0);
    case "not_empty":
      return part((record) => of(record).length > 0);
    default: {
      const { holds, ...bounds } = inOrder(operator, first, second);
      return part(some(holds), { bounds: new Map([[field, bounds]]) });
    }
  }
}

function inOrder(
  operator: "less" | "at_most" | "greater" | "at_least" | "between",
  first: Scalar,
  second: Scalar,
): Bounds & { readonly holds: (value: Scalar) => boolean } {
  switch (operator) {
    case "less":
      return { holds: (value) => value < first, to: first };
    case "at_most":
      return { holds: (value) => value <= first, to: first };
    case "greater":
      return { holds: (value) => value > first, from: first };
    case "at_least":
      return { holds: (value) => value >= first, from: first };
    case "between":
      return { holds: (value) => value >= first && value <= second, from: first, to: second };
  }
}

/** As values are held to be the same. */
const comparable = (value: Scalar): Scalar => (typeof value === "string" ? folded(value) : value);

function around(field: string, as: Filterable<never>["as"], asked: readonly Scalar[]): ReadonlyMap<string, Bounds> {
  const [first] = asked;
  if (as === "exact" || as === "text" || first === undefined) return NOWHERE;
  const [from, to] = asked.reduce<[Scalar, Scalar]>(([low, high], one) => [one < low ? one : low, one > high ? one : high], [first, first]);
  return new Map([[field, { from, to }]]);
}

function within<R>(field: string, as: Filterable<R>["as"], of: Filterable<R>["of"], span: unknown, moment: Moment): Part<R> {
  const days = typeof span === "string" ? daysWithin(span, moment) : undefined;
  if (!days) throw valueInvalid(field);
  const edge = (day: Temporal.PlainDate): Scalar => (as === "date" ? day.toString() : day.toZonedDateTime(moment.zone).epochMilliseconds);
  const [from, to] = [edge(days[0]), edge(days[1])];
  return {
    matches: (record) => of(record).some((value) => value >= from && value < to),
    needs: [],
    isTerms: false,
    bounds: new Map([[field, { from, to }]]),
  };
}

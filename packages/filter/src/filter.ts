import { DomainError } from "@trunkline/errors";

/** What is asked of records: a closed tree. An empty `all` asks nothing, an empty `any` is answered by none. */
export type Filter =
  | { readonly all: readonly Filter[] }
  | { readonly any: readonly Filter[] }
  /** None of these holds. */
  | { readonly none: readonly Filter[] }
  | Condition;

export type Condition = { readonly field: string; readonly operator: Operator; readonly values: readonly unknown[] };

/**
 * Of a field with many values a condition holds when it holds for one of them; `not_equal` and `not_in` when none is so. `between` has both ends
 * in it. `within` is a span of time that moves with today: see relative.ts.
 */
export const OPERATORS = [
  "equal",
  "not_equal",
  "in",
  "not_in",
  "less",
  "at_most",
  "greater",
  "at_least",
  "between",
  "starts_with",
  "contains",
  "empty",
  "not_empty",
  "within",
] as const;
export type Operator = (typeof OPERATORS)[number];

const MOST_CONDITIONS = 100;
const MOST_VALUES = 200;
const DEEPEST = 8;

export const isCondition = (filter: Filter): filter is Condition => "field" in filter;

export function partsOf(filter: Exclude<Filter, Condition>): readonly Filter[] {
  return "all" in filter ? filter.all : "any" in filter ? filter.any : filter.none;
}

/** @throws invalid filter_too_large */
export function checkSize(filter: Filter): void {
  let conditions = 0;
  const look = (part: Filter, depth: number): void => {
    if (isCondition(part)) conditions += 1;
    if (conditions > MOST_CONDITIONS || depth > DEEPEST || (isCondition(part) && part.values.length > MOST_VALUES)) throw tooLarge();
    if (!isCondition(part)) for (const one of partsOf(part)) look(one, depth + 1);
  };
  look(filter, 1);
}

function tooLarge(): DomainError {
  const text = `a filter has at most ${MOST_CONDITIONS} conditions, ${DEEPEST} one inside the other, and ${MOST_VALUES} values each: ask for less at once`;
  return new DomainError("invalid", "filter_too_large", text);
}

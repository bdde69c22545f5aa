import { create } from "@bufbuild/protobuf";
import { type Field, type Filter, FilterSchema, type Kind } from "@trunkline/proto/records";
import { asValue, meant } from "./field-values.ts";
import { fieldOf } from "./kinds.ts";
import type { Asked } from "./record-address.ts";

/** How many values an operator takes; many: a list of them. */
const VALUES: Readonly<Record<string, number | "many">> = { empty: 0, not_empty: 0, between: 2, in: "many", not_in: "many" };
/** What is asked for with several values has an input for each. */
export const valuesOf = (operator: string): number => {
  const count = VALUES[operator] ?? 1;
  return count === "many" ? 1 : count;
};

/** Spans of time that move with today. */
export const SPANS = [
  "today",
  "yesterday",
  "tomorrow",
  "this_week",
  "last_week",
  "next_week",
  "this_month",
  "last_month",
  "next_month",
  "this_year",
  "last_7_days",
  "last_30_days",
  "next_7_days",
  "next_30_days",
] as const;

/** All of these must hold. What is not finished asks nothing. */
export function filterOf(kind: Kind, conditions: readonly Asked[]): Filter {
  const filters = conditions.flatMap(({ field: name, operator, values }) => {
    const field = fieldOf(kind, name);
    const wanted = field ? wantedOf(field, operator, values) : undefined;
    return wanted === undefined ? [] : [conditionOf(name, operator, wanted)];
  });
  return create(FilterSchema, { filter: { case: "all", value: { filters } } });
}

function conditionOf(field: string, operator: string, values: readonly unknown[]): Filter {
  return create(FilterSchema, { filter: { case: "condition", value: { field, operator, values: values.map(asValue) } } });
}

function wantedOf(field: Field, operator: string, values: readonly string[]): readonly unknown[] | undefined {
  if (operator === "within") return values[0] ? [values[0]] : undefined;
  const single = { ...field, many: 0 };
  const wanted = values.map((value) => askable(meant(single, value)));
  return wanted.length === valuesOf(operator) && wanted.every((value) => value !== null) ? wanted : undefined;
}

/** Money is asked for by its amount, an address by its line. */
function askable(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return "line" in value ? (value as { line: string }).line : value;
}

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { compile, type Filterable } from "./compile.ts";
import { type Condition, type Filter, OPERATORS } from "./filter.ts";
import { type Scalar, termOf } from "./term.ts";

type Thing = {
  readonly name?: string;
  readonly tags: readonly string[];
  readonly size?: number;
  readonly day?: string;
  readonly at?: number;
};
const field = (
  as: Filterable<Thing>["as"],
  of: (thing: Thing) => readonly (Scalar | undefined)[],
  type: "string" | "number",
): Filterable<Thing> => ({
  as,
  isTerm: true,
  of: (thing) => of(thing).filter((value) => value !== undefined),
  wanted: (value) => (typeof value === type ? (value as Scalar) : undefined),
});
const FIELDS: Readonly<Record<string, Filterable<Thing>>> = {
  name: field("text", ({ name }) => [name], "string"),
  tags: field("exact", ({ tags }) => tags, "string"),
  size: field("number", ({ size }) => [size], "number"),
  day: field("date", ({ day }) => [day], "string"),
  at: field("instant", ({ at }) => [at], "number"),
};
const fields = (name: string) => (Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined);
/** A Sunday, late in the evening in Shanghai; in London it is the afternoon. */
const moment = { now: Date.parse("2026-11-29T23:30:00+08:00"), zone: "Asia/Shanghai" };
const condition = (name: string, operator: Condition["operator"], ...values: unknown[]): Condition => ({ field: name, operator, values });
const holds = (filter: Filter, thing: Partial<Thing>) => compile(filter, fields, moment).matches({ tags: [], ...thing });
const termsOf = (thing: Thing) => Object.entries(FIELDS).flatMap(([name, { of }]) => of(thing).map((value) => termOf(name, value)));

const letters = fc.constantFrom("a", "B", "Ａ", "王", "𠮷", " b");
const someThing: fc.Arbitrary<Thing> = fc.record(
  {
    name: letters,
    tags: fc.uniqueArray(letters, { maxLength: 3 }),
    size: fc.integer({ min: 0, max: 4 }),
    day: fc.constantFrom("2026-11-22", "2026-11-23", "2026-11-29", "2026-11-30"),
    at: fc.integer({ min: 0, max: 4 }),
  },
  { requiredKeys: ["tags"] },
);
const someCondition: fc.Arbitrary<Filter> = fc.oneof(
  fc.tuple(fc.constantFrom("equal", "not_equal"), letters).map(([operator, value]) => condition("tags", operator as "equal", value)),
  fc
    .tuple(fc.constantFrom("in", "not_in"), fc.array(letters, { maxLength: 3 }))
    .map(([operator, values]) => condition("name", operator as "in", ...values)),
  fc
    .tuple(fc.constantFrom("less", "at_most", "greater", "at_least", "equal"), fc.integer({ min: 0, max: 4 }))
    .map(([operator, n]) => condition("size", operator as "less", n)),
  fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })).map(([a, b]) => condition("at", "between", a, b)),
  fc.constantFrom(
    condition("day", "within", "today"),
    condition("day", "within", "this_week"),
    condition("size", "empty"),
    condition("name", "not_empty"),
  ),
);
const { filter: someFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    someCondition,
    fc.array(tie("filter"), { maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("filter"), { maxLength: 3 }).map((any) => ({ any })),
    fc.array(tie("filter"), { maxLength: 3 }).map((none) => ({ none })),
  ),
}));

describe("a filter", () => {
  it("leads by its terms and bounds to everything that matches", () => {
    fc.assert(
      fc.property(someFilter, fc.array(someThing, { maxLength: 8 }), (filter, things) => {
        const { matches, needs, isTerms, bounds } = compile(filter, fields, moment);
        const leads = (thing: Thing) => needs.every((one) => one.some((term) => termsOf(thing).includes(term)));
        if (isTerms) expect(things.map(leads)).toEqual(things.map(matches));
        for (const thing of things.filter(matches)) {
          const terms = new Set(termsOf(thing));
          expect(needs.every((one) => one.some((term) => terms.has(term)))).toBe(true);
          for (const name of ["size", "day", "at"]) {
            const { from, to } = bounds(name);
            const [value] = FIELDS[name]?.of(thing) ?? [];
            if (value === undefined) expect([from, to]).toEqual([undefined, undefined]);
            else expect((from === undefined || value >= from) && (to === undefined || value <= to)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it("and its opposite share every record between them", () => {
    fc.assert(
      fc.property(someFilter, someThing, (filter, thing) => {
        expect(compile({ none: [filter] }, fields, moment).matches(thing)).toBe(!compile(filter, fields, moment).matches(thing));
      }),
    );
  });

  it.each<[Condition, Partial<Thing>, boolean]>([
    [condition("name", "equal", "ａｂ"), { name: " AB" }, true],
    [condition("name", "starts_with", "海岸"), { name: "海岸渔业" }, true],
    [condition("name", "contains", "岸 渔"), { name: "海岸·渔业" }, true],
    [condition("name", "contains", "x"), {}, false],
    [condition("tags", "equal", "a"), { tags: ["b", "A"] }, true],
    [condition("tags", "not_equal", "a"), { tags: ["b", "a"] }, false],
    [condition("tags", "not_in", "a", "c"), { tags: [] }, true],
    [condition("size", "between", 2, 3), { size: 3 }, true],
    [condition("size", "less", 2), {}, false],
    [condition("size", "in"), { size: 1 }, false],
    [condition("tags", "empty"), { tags: [] }, true],
  ])("%j of %j is %p", (asked, thing, expected) => expect(holds(asked, thing)).toBe(expected));

  it.each([
    ["today", "2026-11-29", "2026-11-29"],
    ["yesterday", "2026-11-28", "2026-11-28"],
    ["tomorrow", "2026-11-30", "2026-11-30"],
    ["this_week", "2026-11-23", "2026-11-29"],
    ["last_week", "2026-11-16", "2026-11-22"],
    ["next_week", "2026-11-30", "2026-12-06"],
    ["this_month", "2026-11-01", "2026-11-30"],
    ["last_month", "2026-10-01", "2026-10-31"],
    ["next_month", "2026-12-01", "2026-12-31"],
    ["this_year", "2026-01-01", "2026-12-31"],
    ["last_7_days", "2026-11-23", "2026-11-29"],
    ["next_7_days", "2026-11-30", "2026-12-06"],
  ])("within %s is from %s to %s, as days and as instants where the reader is", (span, first, last) => {
    const before = Temporal.PlainDate.from(first).subtract({ days: 1 }).toString();
    const after = Temporal.PlainDate.from(last).add({ days: 1 }).toString();
    const days = [before, first, last, after].map((day) => holds(condition("day", "within", span), { day }));
    expect(days).toEqual([false, true, true, false]);
    const start = Date.parse(`${first}T00:00:00+08:00`);
    const end = Date.parse(`${after}T00:00:00+08:00`);
    const instants = [start - 1, start, end - 1, end].map((at) => holds(condition("at", "within", span), { at }));
    expect(instants).toEqual([false, true, true, false]);
  });

  it("refuses what it cannot answer, by name", () => {
    const code = (filter: Filter) => {
      try {
        compile(filter, fields, moment);
        return "";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    for (const name of ["nothing", "__proto__", "constructor", "$where", ""])
      expect(code(condition(name, "empty"))).toBe("filter_field_unknown");
    expect(code(condition("tags", "less", "a"))).toBe("filter_operator_invalid");
    expect(code(condition("size", "between", 1))).toBe("filter_operator_invalid");
    expect(code(condition("size", "equal", "1"))).toBe("filter_value_invalid");
    for (const span of ["someday", "last_0_days", "next_7", "__proto__", 7])
      expect(code(condition("day", "within", span))).toBe("filter_value_invalid");
    expect(code({ all: Array.from({ length: 10_000 }, () => condition("size", "empty")) })).toBe("filter_too_large");
    expect(code(condition("size", "in", ...Array.from({ length: 201 }, (_, n) => n)))).toBe("filter_too_large");
    let deep: Filter = condition("size", "empty");
    for (let n = 0; n < 50; n++) deep = { none: [deep] };
    expect(code(deep)).toBe("filter_too_large");
    expect(OPERATORS.length).toBe(14);
  });
});

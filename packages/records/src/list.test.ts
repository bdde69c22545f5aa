import { fromJson } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { compile } from "@trunkline/filter";
import { FilterSchema } from "@trunkline/proto/records";
import fc from "fast-check";
import { filterableIn } from "./filterable.ts";
import { filterFrom } from "./messages.ts";
import { type AnyRecord, createRecord } from "./record.ts";
import { boat, boss, mei, method, openBoats, plain } from "./records.test-support.ts";

const condition = (field: string, operator: string, ...values: unknown[]) => ({ condition: { field, operator, values } });
const someName = fc.constantFrom("海岸", "海", "Haian", "ＨＡＩＡＮ", "𠮷野", "b");
const somePort = fc.constantFrom("ningbo", "xiamen");
const someDay = fc.constantFrom("2026-11-01", "2026-11-29", "2026-11-30", "2026-12-01");
const someBoat = fc.record(
  { name: someName, port: somePort, length: fc.integer({ min: 1, max: 5 }), built: someDay, insured: fc.boolean() },
  { requiredKeys: ["name"] },
);
const someCondition = fc.oneof(
  fc.tuple(fc.constantFrom("equal", "not_equal", "starts_with", "contains"), someName).map(([how, name]) => condition("name", how, name)),
  fc.tuple(fc.constantFrom("in", "not_in"), fc.uniqueArray(somePort)).map(([how, ports]) => condition("port", how, ...ports)),
  fc.tuple(fc.constantFrom("equal", "less", "at_least"), fc.integer({ min: 1, max: 5 })).map(([how, n]) => condition("length", how, n)),
  fc.constantFrom(
    condition("built", "within", "this_month"),
    condition("built", "between", "2026-11-29", "2026-11-30"),
    condition("length", "in", 1, 3, 5),
    condition("ownerId", "equal", "mei"),
    condition("state", "in", "sailing", "moored"),
    condition("port", "empty"),
    condition("insured", "equal", true),
    condition("createdAt", "at_least", Date.parse("2026-11-30T10:00:00.004+08:00")),
  ),
);
const { filter: someFilter } = fc.letrec<{ filter: object }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    someCondition,
    fc.array(tie("filter"), { maxLength: 3 }).map((filters) => ({ all: { filters } })),
    fc.array(tie("filter"), { maxLength: 3 }).map((filters) => ({ any: { filters } })),
    fc.array(tie("filter"), { maxLength: 3 }).map((filters) => ({ none: { filters } })),
  ),
}));
const someSort = fc.constantFrom("createdAt", "-createdAt", "name", "-name", "length", "-built", "changedAt");

type Boats = Awaited<ReturnType<typeof openBoats>>;
async function pages(boats: Boats, request: object, who = boss) {
  const records = [];
  let [pageToken, asked] = ["", 0];
  do {
    const page = await boats.ask(method.listRecords, { kind: "boat", pageToken, ...request }, who);
    records.push(...page.records);
    pageToken = page.nextPageToken;
    asked += 1;
  } while (pageToken !== "");
  return { records, asked };
}

describe("a list of records", () => {
  it("gives every record that matches once, in its order, whatever is asked and however the pages are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(someBoat, { maxLength: 12 }),
        someFilter,
        someSort,
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (fleet, json, sort, pageSize, own) => {
          await using boats = await openBoats();
          for (const [n, one] of fleet.entries()) await boats.create(one, n % 3 === 0 ? boss : mei);
          const filter = fromJson(FilterSchema, json as never);
          const [kind] = boats.records.kinds;
          const all = (await kind?.store.due({}, "createdAt", 100))?.map(({ state }) => state) ?? [];
          const shape = boats.records.shape("t1", boat);
          const contact = { permissions: new Set(["customer.contact_details"]) };
          const { matches } = compile(filterFrom(filter), filterableIn(shape, contact), { now: boats.world.now, zone: "Asia/Shanghai" });
          const wanted = all.filter(matches).filter(({ ownerId }) => !own || ownerId === "mei");
          const { records } = await pages(boats, { filter, sort, pageSize }, own ? mei : boss);
          const ids = records.map(({ recordId }) => recordId);
          expect([...ids].sort()).toEqual(wanted.map(({ id }) => id).sort());
          const [field, way] = sort.startsWith("-") ? [sort.slice(1), -1] : [sort, 1];
          const read = (id: string) => {
            const value = (all.find((one) => one.id === id) as AnyRecord)[field];
            return typeof value === "string" ? value.normalize("NFKC").toLowerCase() : value;
          };
          const keys = ids.map(read).filter((value) => value !== undefined) as (string | number)[];
          for (const [n, key] of keys.slice(1).entries()) {
            const before = keys[n] as typeof key;
            const order =
              typeof key === "string" ? Buffer.compare(Buffer.from(String(before)), Buffer.from(key)) : Number(before) - Number(key);
            expect(order * way).toBeLessThanOrEqual(0);
          }
          const { count } = await boats.ask(
            method.listRecords,
            { kind: "boat", filter, sort, pageSize: 200, count: true },
            own ? mei : boss,
          );
          expect(count).toBe(wanted.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("looks at no more than so many records for a page, and goes on where it stopped", async () => {
    await using boats = await openBoats();
    const [kind] = boats.records.kinds;
    const shape = boats.records.shape("t1", boat);
    for (let n = 0; n < 2_500; n++) {
      const fields = { name: n === 10 ? "needle" : `hay ${n}`, length: n % 2 ? 5 : 7, built: `20${10 + (n % 10)}-01-01` };
      const created = createRecord(shape, { id: `b${n}`, values: fields, ownerId: "boss" }, { actor: "test", at: n });
      await kind?.store.create({ tenant: "t1", actor: "test", causation: "", correlation: "" }, `b${n}`, created);
    }
    const filter = fromJson(FilterSchema, condition("name", "contains", "needle") as never);
    const first = await boats.ask(method.listRecords, { kind: "boat", filter, count: true }, boss);
    expect([first.records.length, first.nextPageToken === "", first.count]).toEqual([0, false, undefined]);
    const { records, asked } = await pages(boats, { filter });
    expect([records.map((record) => plain(record)["name"]), asked]).toEqual([["needle"], 2]);
    // What more than a thousand have leads by the order that is asked for; both ways give the same.
    const common = fromJson(FilterSchema, condition("length", "equal", 5) as never);
    const listed = await pages(boats, { filter: common, sort: "-built", pageSize: 100 });
    const days = listed.records.map((record) => plain(record)["built"]);
    expect([days.length, days]).toEqual([1_250, [...days].sort().reverse()]);
    const { count } = await boats.ask(method.listRecords, { kind: "boat", filter: common, count: true }, boss);
    expect(count).toBe(1_001);
  });

  it("says what it cannot be asked for", async () => {
    await using boats = await openBoats();
    const code = (request: object) =>
      boats.ask(method.listRecords, { kind: "boat", ...request }, boss).then(
        () => "",
        (error: { code: string }) => error.code,
      );
    expect(await code({ sort: "remarks" })).toBe("sort_unknown");
    expect(await code({ sort: "__proto__" })).toBe("sort_unknown");
    expect(await code({ timeZone: "Mars/Olympus" })).toBe("time_zone_invalid");
    expect(await code({ pageToken: "abc" })).toBe("page_token_invalid");
    expect(await code({ kind: "ship" })).toBe("kind_not_found");
    for (const field of ["__proto__", "constructor", "$where", "history", "attributes"])
      expect(await code({ filter: fromJson(FilterSchema, condition(field, "empty") as never) })).toBe("filter_field_unknown");
    expect(await code({ filter: fromJson(FilterSchema, condition("name", "regex", "a") as never) })).toBe("filter_operator_invalid");
  });
});

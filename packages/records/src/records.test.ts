import { fromBinary, create as message } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { type Field, FieldSchema, RecordEventSchema } from "@trunkline/proto/records";
import { itemsOf } from "@trunkline/store";
import { admin, bo, boss, masked, mei, method, openBoats, plain, values } from "./records.test-support.ts";

const refusal = (code: string, details: object = {}) => expect.objectContaining({ code, details: expect.objectContaining(details) });
const FULL = {
  name: "海岸一号",
  skipper: "王伟",
  phones: ["139 0000 0001", "+8613900000001"],
  email: " Wang@Example.com ",
  port: "ningbo",
  length: 12.5,
  price: { minor: 1_234_500 },
  built: "2020-02-29",
  seenAt: 1_700_000_000_000,
  insured: false,
  owner: "k1",
  mooring: { regionCode: "330203", line: "江东北路1号" },
  remarks: "第一行\n第二行",
};

describe("a record", () => {
  it("keeps each value in one form, and is the creator's", async () => {
    await using boats = await openBoats();
    const record = await boats.create(FULL);
    expect(record).toMatchObject({ kind: "boat", state: "sailing", ownerId: "mei", revision: 0 });
    const { record: read } = await boats.ask(method.getRecord, { kind: "boat", recordId: record?.recordId ?? "" }, mei);
    expect(read).toEqual({ ...record, number: read?.number ?? "" });
    expect(plain(read)).toMatchObject({ email: "wang@example.com", length: 12.5, insured: false, built: "2020-02-29" });
    expect(read?.values["phones"]).toEqual(values({ phones: ["+8613900000001"] })["phones"]);
    expect(read?.values["price"]).toEqual(values({ price: { minor: 1_234_500, currency: "CNY" } })["price"]);
  });

  it("is refused with all that is wrong at once, each with its field, and no value in the error", async () => {
    await using boats = await openBoats();
    const wrong = {
      phones: ["12"],
      email: "nobody",
      port: "atlantis",
      length: 1.25,
      price: { minor: -1 },
      built: "2021-02-29",
      seenAt: "now",
      insured: "yes",
      owner: 7,
      mooring: { regionCode: "33x", line: "" },
      skipper: "𠮷".repeat(201),
      __proto__x: 1,
      $where: "1",
      constructor: "x",
    };
    const error = await boats.create(wrong).catch((thrown: unknown) => thrown);
    expect(error).toEqual(
      refusal("record_invalid", {
        name: "value_missing",
        phones: "phone_invalid",
        email: "email_invalid",
        port: "value_unknown",
        length: "value_out_of_range",
        price: "value_out_of_range",
        built: "date_invalid",
        seenAt: "value_wrong_type",
        insured: "value_wrong_type",
        owner: "value_wrong_type",
        mooring: "region_invalid",
        skipper: "value_too_long",
        $where: "field_unknown",
        constructor: "field_unknown",
      }),
    );
    expect(JSON.stringify(error)).not.toMatch(/atlantis|nobody/);
    await expect(boats.create({ name: "a", owner: "nobody" })).rejects.toEqual(refusal("record_invalid", { owner: "value_unknown" }));
    await expect(boats.create({ name: "𠮷".repeat(200), remarks: "x".repeat(10_001) })).rejects.toEqual(
      refusal("record_invalid", { remarks: "value_too_long" }),
    );
    await expect(boats.create({ name: "a\nb", skipper: "\u200b", remarks: "a\nb\u0000" })).rejects.toEqual(
      refusal("record_invalid", { name: "value_unseen", skipper: "value_unseen", remarks: "value_unseen" }),
    );
    await expect(boats.create({ name: "  " })).rejects.toEqual(refusal("record_invalid", { name: "value_missing" }));
  });

  it("is created once for one request, and another body is refused", async () => {
    await using boats = await openBoats();
    const [one, two] = [
      await boats.create({ name: "a" }, mei, { requestId: "r1" }),
      await boats.create({ name: "a" }, mei, { requestId: "r1" }),
    ];
    expect(two?.recordId).toBe(one?.recordId);
    await expect(boats.create({ name: "b" }, mei, { requestId: "r1" })).rejects.toEqual(refusal("request_id_reused"));
  });

  it("gets a number without a gap, in the order of creation", async () => {
    await using boats = await openBoats();
    for (const name of ["a", "b", "c"]) await boats.create({ name });
    const numbers = async () =>
      (await boats.ask(method.listRecords, { kind: "boat", sort: "createdAt" }, mei)).records.map(({ number }) => number);
    for (let n = 0; n < 200 && (await numbers()).includes(""); n++) await new Promise(setImmediate);
    expect(await numbers()).toEqual(["B-2026-000001", "B-2026-000002", "B-2026-000003"]);
  });

  it("changes in the fields that are named alone, empties by null, and tells who saved over whom", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create(FULL))?.recordId ?? "";
    const change = (fields: object, revision?: number) =>
      boats.ask(
        method.changeRecord,
        { kind: "boat", recordId, values: values(fields as never), ...(revision === undefined ? {} : { revision }) },
        mei,
      );
    const { record } = await change({ port: null, length: 13 }, 0);
    expect([record?.revision, plain(record)["length"], "port" in (record?.values ?? {}), plain(record)["name"]]).toEqual([
      1,
      13,
      false,
      "海岸一号",
    ]);
    await expect(change({ length: 14 }, 0)).rejects.toEqual(refusal("stale_revision"));
    expect((await change({ length: 13 })).record?.revision).toBe(1);
    await expect(change({ name: null })).rejects.toEqual(refusal("record_invalid", { name: "value_missing" }));
  });

  it("has a history of who did what, with what was and is, also of hundreds of changes", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create({ name: "a", length: 1 }))?.recordId ?? "";
    for (let n = 2; n <= 60; n++) {
      boats.world.now += 1_000;
      await boats.ask(
        method.changeRecord,
        { kind: "boat", recordId, values: values({ length: n, remarks: `${n}`.repeat(200) }) },
        n % 2 ? mei : boss,
      );
    }
    const changes = [];
    let pageToken = "";
    do {
      const page = await boats.ask(method.listHistory, { kind: "boat", recordId, pageToken }, mei);
      changes.push(...page.changes);
      pageToken = page.nextPageToken;
    } while (pageToken !== "");
    expect(changes.map(({ revision }) => revision)).toEqual(Array.from({ length: 60 }, (_, n) => 59 - n));
    const [last, , first] = [changes[0], changes[1], changes.at(-1)];
    expect(last).toMatchObject({ actor: "employee/boss", what: "changed" });
    expect(last?.fields.find(({ field }) => field === "length")).toMatchObject({ was: values({ x: 59 })["x"], is: values({ x: 60 })["x"] });
    expect(first).toMatchObject({ actor: "employee/mei", what: "created" });
    const stored = await boats.records.kinds[0]?.store.get("t1", recordId);
    expect(stored?.history.length).toBeLessThan(25);
  });

  it("may have long texts changed as often as one likes, and is refused only when it is too large itself", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create({ name: "a" }))?.recordId ?? "";
    const change = (fields: object) => boats.ask(method.changeRecord, { kind: "boat", recordId, values: values(fields as never) }, mei);
    for (let n = 0; n < 12; n++) await change({ remarks: `${n % 10}`.repeat(9_999) });
    const seen = await Array.fromAsync(
      itemsOf(async (pageToken) => {
        const page = await boats.ask(method.listHistory, { kind: "boat", recordId, pageToken }, mei);
        return { items: page.changes, nextToken: page.nextPageToken, tokenAfter: () => "" };
      }),
    );
    expect(seen.map(({ revision }) => revision)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    const own = Array.from({ length: 8 }, (_, n) => message(FieldSchema, { name: `t${n}`, type: "long_text", label: {} }));
    await boats.ask(method.putKindSettings, { kind: "boat", fields: own }, admin);
    const long = Object.fromEntries(own.map(({ name }) => [name, "文".repeat(9_000)]));
    await expect(change(long)).rejects.toEqual(refusal("record_too_large"));
    expect((await boats.ask(method.getRecord, { kind: "boat", recordId }, mei)).record?.revision).toBe(12);
  });

  it("goes through its states by its actions alone, each of which says what is missing", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create({ name: "a" }))?.recordId ?? "";
    const act = (action: string, input: object = {}, who = mei) =>
      boats.ask(method.actOnRecord, { kind: "boat", recordId, action, input: values(input as never) }, who);
    await expect(act("sail")).rejects.toEqual(refusal("action_not_possible", { state: "sailing" }));
    await expect(act("fly")).rejects.toEqual(refusal("action_not_found"));
    await expect(act("moor", { mast: "x" })).rejects.toEqual(refusal("record_invalid", { port: "value_missing", mast: "field_unknown" }));
    expect((await act("moor", { port: "xiamen", harbourmaster: "林" })).record).toMatchObject({ state: "moored", revision: 1 });
    await expect(act("sail")).rejects.toEqual(refusal("action_needs_fields", { fields: "skipper,phones" }));
    await expect(act("scrap")).rejects.toEqual(refusal("permission_denied", { permission: "boat.scrap" }));
    await boats.ask(method.changeRecord, { kind: "boat", recordId, values: values({ skipper: "李娜", phones: ["13900000002"] }) }, mei);
    const { record } = await act("sail");
    expect([record?.state, record?.values["port"], plain(record)["seenAt"]]).toEqual(["sailing", undefined, boats.world.now]);
    const { changes } = await boats.ask(method.listHistory, { kind: "boat", recordId }, mei);
    expect(changes.map(({ what }) => what)).toEqual(["sail", "changed", "moor", "created"]);
    expect(changes[2]?.fields.map(({ field }) => field)).toEqual(["port", "harbourmaster"]);
  });

  it("goes to the bin, is found there alone, and comes back", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create({ name: "海岸" }, boss))?.recordId ?? "";
    const ids = async (removed: boolean) =>
      (await boats.ask(method.listRecords, { kind: "boat", removed }, boss)).records.map((record) => record.recordId);
    const hits = async () => (await boats.ask(method.searchRecords, { searchText: "ha" }, boss)).found.length;
    expect([await ids(false), await ids(true), await hits()]).toEqual([[recordId], [], 1]);
    await boats.ask(method.removeRecord, { kind: "boat", recordId }, boss);
    expect([await ids(false), await ids(true), await hits()]).toEqual([[], [recordId], 0]);
    await expect(boats.ask(method.changeRecord, { kind: "boat", recordId, values: values({ length: 2 }) }, boss)).rejects.toEqual(
      refusal("record_removed"),
    );
    await boats.ask(method.restoreRecord, { kind: "boat", recordId }, boss);
    expect([await ids(false), await ids(true), await hits()]).toEqual([[recordId], [], 1]);
  });

  it("tells of itself what identifies nobody", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create(FULL))?.recordId ?? "";
    await boats.ask(method.changeRecord, { kind: "boat", recordId, values: values({ skipper: "赵敏", length: 14 }) }, mei);
    await boats.ask(method.assignRecord, { kind: "boat", recordId, ownerId: "bo" }, boss);
    const events = boats.bus.published.map(({ payload }) => fromBinary(RecordEventSchema, payload));
    expect(events.map(({ event }) => event.case)).toEqual(["created", "changed", "assigned"]);
    const changed = events[1]?.event;
    expect(changed?.case === "changed" && changed.value.fields).toEqual(["skipper", "length"]);
    expect(events[2]?.event).toMatchObject({
      case: "assigned",
      value: { fromOwnerId: "mei", record: { ownerId: "bo", kind: "boat", state: "sailing" } },
    });
    const bytes = Buffer.concat(boats.bus.published.map(({ payload }) => payload)).toString("utf8");
    for (const personal of ["王伟", "赵敏", "+8613900000001", "wang@example.com", "江东北路"]) expect(bytes).not.toContain(personal);
    expect(bytes).toContain("ningbo");
  });
});

describe("rights", () => {
  it("come from the reader's roles: whose records, which steps, which kinds at all", async () => {
    await using boats = await openBoats();
    const recordId = (await boats.create({ name: "mei's" }))?.recordId ?? "";
    const about = { kind: "boat", recordId };
    const listed = async (who: typeof mei) => (await boats.ask(method.listRecords, { kind: "boat" }, who)).records.length;
    expect([await listed(mei), await listed(bo), await listed(boss), await listed(masked)]).toEqual([1, 0, 1, 1]);
    await expect(boats.ask(method.getRecord, about, bo)).rejects.toEqual(refusal("record_not_found"));
    await expect(boats.ask(method.getRecord, about, { id: "mei", tenant: "t2" })).rejects.toEqual(refusal("record_not_found"));
    await expect(boats.ask(method.changeRecord, { ...about, values: values({ length: 2 }) }, bo)).rejects.toEqual(
      refusal("record_not_found"),
    );
    await expect(boats.ask(method.listHistory, about, bo)).rejects.toEqual(refusal("record_not_found"));
    expect((await boats.ask(method.searchRecords, { searchText: "mei" }, bo)).found).toEqual([]);
    await expect(boats.ask(method.changeRecord, { ...about, values: values({ length: 2 }) }, masked)).rejects.toEqual(
      refusal("permission_denied", { permission: "boat.write" }),
    );
    await expect(boats.ask(method.assignRecord, { ...about, ownerId: "bo" }, mei)).rejects.toEqual(
      refusal("permission_denied", { permission: "boat.assign" }),
    );
    await expect(boats.ask(method.removeRecord, about, mei)).rejects.toEqual(refusal("permission_denied"));
    await expect(boats.create({ name: "x" }, mei, { ownerId: "bo" })).rejects.toEqual(refusal("permission_denied"));
    const engineer = { id: "e", roles: ["engineer"] };
    await expect(boats.ask(method.listRecords, { kind: "boat" }, engineer)).rejects.toEqual(refusal("kind_not_found"));
    expect((await boats.ask(method.describeKinds, {}, engineer)).kinds).toEqual([]);
    await expect(boats.ask(method.assignRecord, { ...about, ownerId: "ghost" }, boss)).rejects.toEqual(refusal("owner_unknown"));
    await boats.ask(method.assignRecord, { ...about, ownerId: "bo" }, boss);
    expect([await listed(mei), await listed(bo)]).toEqual([0, 1]);
  });

  it("mask numbers and addresses for who may not see them, who cannot find anybody by them either", async () => {
    await using boats = await openBoats();
    await boats.create({ name: "海岸", phones: ["13900000001"], email: "wang@example.com" });
    const marketer = { id: "mo", roles: ["marketer"] };
    const recordId = (await boats.create({ name: "鸥", phones: ["13900000002"] }, marketer))?.recordId ?? "";
    const over = { kind: "boat", recordId, values: values({ phones: ["+86139****0002"] }) };
    await expect(boats.ask(method.changeRecord, over, marketer)).rejects.toEqual(refusal("permission_denied"));
    await boats.ask(method.changeRecord, { ...over, values: values({ name: "海鸥" }) }, marketer);
    const { records } = await boats.ask(method.listRecords, { kind: "boat", sort: "createdAt" }, masked);
    expect(records[0]?.values["phones"]).toEqual(values({ x: ["+86139****0001"] })["x"]);
    expect(plain(records[0])["email"]).toBe("w****@example.com");
    const byPhone = {
      filter: { case: "condition", value: { field: "phones", operator: "equal", values: Object.values(values({ x: "+8613900000001" })) } },
    } as const;
    await expect(boats.ask(method.listRecords, { kind: "boat", filter: byPhone }, masked)).rejects.toEqual(refusal("filter_field_unknown"));
    expect((await boats.ask(method.listRecords, { kind: "boat", filter: byPhone }, boss)).records.length).toBe(1);
    const found = async (searchText: string, who: typeof mei) =>
      (await boats.ask(method.searchRecords, { searchText }, who)).found.map(({ by }) => by);
    expect([
      await found("13900000001", boss),
      await found("0001", boss),
      await found("0001", masked),
      await found("haian", masked),
    ]).toEqual([["number"], ["phone"], [], ["pinyin"]]);
  });
});

describe("a tenant's own field", () => {
  const draft: Partial<Field> = { name: "draught", label: message(FieldSchema, {}).label, type: "number", decimals: 1, max: 30 };
  const own = (...fields: Partial<Field>[]) =>
    fields.map((one) => message(FieldSchema, { ...one, label: { zh: "吃水", en: "Draught" } } as never));

  it("is there at once for records old and new: kept, refused, asked for, in the history; and stays out of other tenants", async () => {
    await using boats = await openBoats();
    const old = (await boats.create({ name: "old" }, boss))?.recordId ?? "";
    await expect(boats.create({ name: "x", draught: 2 }, boss)).rejects.toEqual(refusal("record_invalid", { draught: "field_unknown" }));
    const { kind } = await boats.ask(method.putKindSettings, { kind: "boat", fields: own(draft), columns: ["name", "draught"] }, admin);
    expect(kind?.fields.find(({ name }) => name === "draught")).toMatchObject({ own: true, type: "number", label: { zh: "吃水" } });
    expect(kind?.columns).toEqual(["name", "draught"]);
    await boats.create({ name: "new", draught: 2.5 }, boss);
    await boats.ask(method.changeRecord, { kind: "boat", recordId: old, values: values({ draught: 3 }) }, boss);
    const asked = (operator: string, ...wanted: unknown[]) =>
      ({
        filter: {
          case: "condition",
          value: { field: "draught", operator, values: wanted.map((one) => Object.values(values({ one }))[0] as never) },
        },
      }) as const;
    const names = async (filter: ReturnType<typeof asked>) =>
      (await boats.ask(method.listRecords, { kind: "boat", filter, sort: "name" }, boss)).records.map((record) => plain(record)["name"]);
    expect([await names(asked("equal", 3)), await names(asked("at_least", 2.5)), await names(asked("empty"))]).toEqual([
      ["old"],
      ["new", "old"],
      [],
    ]);
    await expect(boats.create({ name: "deep", draught: 31 }, boss)).rejects.toEqual(
      refusal("record_invalid", { draught: "value_out_of_range" }),
    );
    const { changes } = await boats.ask(method.listHistory, { kind: "boat", recordId: old }, boss);
    expect(changes[0]?.fields[0]).toMatchObject({ field: "draught", is: values({ x: 3 })["x"] });
    const elsewhere = await boats.ask(method.describeKinds, {}, { ...admin, tenant: "t2" });
    expect(elsewhere.kinds[0]?.fields.some(({ name }) => name === "draught")).toBe(false);
  });

  it.each([
    ["own_field_name_invalid", [{ ...draft, name: "__proto__" }]],
    ["own_field_name_invalid", [{ ...draft, name: "$where" }]],
    ["own_field_name_taken", [{ ...draft, name: "constructor" }]],
    ["own_field_name_taken", [{ ...draft, name: "state" }]],
    ["own_field_name_taken", [{ ...draft, name: "length" }]],
    ["own_field_name_taken", [draft, draft]],
    ["own_fields_too_many", Array.from({ length: 201 }, (_, n) => ({ ...draft, name: `f${n}` }))],
  ])("is refused: %s", async (code, fields) => {
    await using boats = await openBoats();
    await expect(boats.ask(method.putKindSettings, { kind: "boat", fields: own(...fields) }, admin)).rejects.toEqual(refusal(code));
  });

  it("keeps what could be chosen once where it was chosen", async () => {
    await using boats = await openBoats();
    const chosen = (...choices: string[]) => own({ name: "flag", type: "choice", choices: choices.map((value) => ({ value })) as never });
    const put = (fields: ReturnType<typeof own>, revision: number) =>
      boats.ask(method.putKindSettings, { kind: "boat", fields, revision }, admin);
    await put(chosen("red", "blue"), 0);
    const recordId = (await boats.create({ name: "a", flag: "red" }, boss))?.recordId ?? "";
    const { kind } = await put(chosen("blue", "green"), 1);
    const flag = kind?.fields.find(({ name }) => name === "flag");
    expect(flag?.choices.map(({ value, retired }) => [value, retired])).toEqual([
      ["blue", false],
      ["green", false],
      ["red", true],
    ]);
    const { record } = await boats.ask(method.changeRecord, { kind: "boat", recordId, values: values({ name: "b" }) }, boss);
    expect(plain(record)["flag"]).toBe("red");
  });

  it("is retired, not left out, and keeps its type; whoever read older settings saves nothing", async () => {
    await using boats = await openBoats();
    const put = (fields: ReturnType<typeof own>, revision: number) =>
      boats.ask(method.putKindSettings, { kind: "boat", fields, revision }, admin);
    await put(own(draft), 0);
    await expect(put([], 1)).rejects.toEqual(refusal("own_field_missing"));
    await expect(put(own({ ...draft, type: "text" }), 1)).rejects.toEqual(refusal("own_field_fixed"));
    await expect(put(own(draft), 0)).rejects.toEqual(refusal("stale_revision"));
    expect((await put(own({ ...draft, retired: true }), 1)).kind?.revision).toBe(2);
  });
});

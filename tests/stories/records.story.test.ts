import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN_LOGIN, type Api, type ApiError, EXTENSIONS, logIn, PASSWORD, readTopic, type System, seedDemo } from "@trunkline/dev-env";
import { FAMILIES_HERE, startStory } from "./system.ts";

const TENANT = "huaxing";
const SERVICE = "records.v1.RecordService";
type Shown = {
  readonly recordId: string;
  readonly number: string;
  readonly state: string;
  readonly ownerId: string;
  readonly revision: number;
  readonly values: Record<string, unknown>;
  readonly linked: Record<string, string>;
};
type Kind = {
  readonly kind: string;
  readonly fields: readonly { readonly name: string; readonly own: boolean }[];
  readonly actions: readonly { readonly action: string }[];
  readonly revision: number;
};

/** A lead from the first word to the customer, by those who work with it. */
describe.each(FAMILIES_HERE)("records, on engines that are %s", (family) => {
  let system: System;
  let [agent, other, supervisor, admin, marketer]: Api[] = [];
  const one = (api: Api | undefined, method: string, request: Record<string, unknown>) =>
    (api as Api).call<{ record: Shown }>(`${SERVICE}/${method}`, request);
  const list = async (api: Api | undefined, request: Record<string, unknown> = {}) =>
    (await (api as Api).call<{ records: Shown[]; count?: number }>(`${SERVICE}/ListRecords`, { kind: "lead", ...request })).records;
  const refusal = (code: string) => expect.objectContaining({ code });
  const condition = (field: string, operator: string, ...values: unknown[]) => ({ condition: { field, operator, values } });

  beforeAll(async () => {
    system = await startStory(`records-${family}`, () => Date.now(), [TENANT], { family });
    await seedDemo({ ...system, tenant: TENANT, index: 4, extensions: EXTENSIONS.slice(0, 2), batchSize: 0 });
    await system.drain();
    const of = async (login: string) => (await logIn(system.gatewayUrl, TENANT, login, PASSWORD)).api;
    [agent, other, supervisor, marketer] = [
      await of(`agent${EXTENSIONS[0]}`),
      await of(`agent${EXTENSIONS[1]}`),
      await of("supervisor"),
      await of("marketer"),
    ];
    admin = (await logIn(system.gatewayUrl, TENANT, ADMIN_LOGIN, system.adminPassword)).api;
  }, 120_000);
  afterAll(async () => system[Symbol.asyncDispose]());

  it("a lead is entered, found by pinyin, contacted, recognised, and becomes a customer whom it names", async () => {
    const { record } = await one(agent, "CreateRecord", {
      requestId: "story-1",
      kind: "lead",
      values: { name: "远洋物流", phones: ["13911112222"], source: "exhibition", expectedValue: { minor: 5_000_000 } },
    });
    expect(record).toMatchObject({
      state: "new",
      values: { phones: ["+8613911112222"], expectedValue: { minor: 5_000_000, currency: "CNY" } },
    });
    const about = { kind: "lead", recordId: record.recordId };
    const found = await (agent as Api).call<{ found: { record: Shown; by: string }[] }>(`${SERVICE}/SearchRecords`, { searchText: "yywl" });
    expect(found.found).toMatchObject([{ by: "pinyin", record: { recordId: record.recordId } }]);
    await expect(one(other, "GetRecord", about)).rejects.toEqual(refusal("record_not_found"));
    const contacted = await one(agent, "ActOnRecord", {
      ...about,
      action: "contact",
      input: { result: "要报价", nextContactAt: Date.now() + 86_400_000 },
    });
    expect(contacted.record.state).toBe("contacted");
    await expect(one(agent, "ActOnRecord", { ...about, action: "recognise" })).rejects.toEqual(refusal("permission_denied"));
    expect((await list(supervisor, { filter: condition("nextContactAt", "within", "tomorrow") })).map(({ recordId }) => recordId)).toEqual([
      record.recordId,
    ]);
    await one(supervisor, "ActOnRecord", { ...about, action: "recognise" });
    const { customer } = await (supervisor as Api).call<{ customer: { customerId: string } }>(
      "customer.v1.CustomerService/CreateCustomer",
      { kind: "CUSTOMER_KIND_COMPANY", name: "远洋物流有限公司", phones: ["13911112222"] },
    );
    await expect(one(supervisor, "ActOnRecord", { ...about, action: "convert", input: { customer: "nobody" } })).rejects.toEqual(
      refusal("record_invalid"),
    );
    const converted = await one(supervisor, "ActOnRecord", { ...about, action: "convert", input: { customer: customer.customerId } });
    expect(converted.record).toMatchObject({
      state: "converted",
      values: { customer: customer.customerId },
      linked: { [customer.customerId]: "远洋物流有限公司" },
    });
    const { changes } = await (supervisor as Api).call<{ changes: { what: string }[] }>(`${SERVICE}/ListHistory`, about);
    expect(changes.map(({ what }) => what)).toEqual(["convert", "recognise", "contact", "created"]);
  });

  it("the administrator adds a field, and everybody has it at once; numbers have no gap; nothing personal is told", async () => {
    const describeLead = async (api: Api | undefined) =>
      (await (api as Api).call<{ kinds: Kind[] }>(`${SERVICE}/DescribeKinds`, {})).kinds.find(({ kind }) => kind === "lead");
    const before = await describeLead(admin);
    const field = { name: "fleetSize", label: { zh: "车队规模", en: "Fleet size" }, type: "number", min: 0 };
    await expect((agent as Api).call(`${SERVICE}/PutKindSettings`, { kind: "lead", fields: [field] })).rejects.toEqual(
      refusal("permission_denied"),
    );
    await (admin as Api).call(`${SERVICE}/PutKindSettings`, { kind: "lead", fields: [field], revision: before?.revision ?? 0 });
    expect((await describeLead(marketer))?.fields.some(({ name, own }) => name === "fleetSize" && own)).toBe(true);
    for (const n of [1, 2, 3]) await one(marketer, "CreateRecord", { kind: "lead", values: { name: `车队 ${n}`, fleetSize: n * 10 } });
    await system.drain();
    expect(
      (await list(marketer, { filter: condition("fleetSize", "at_least", 20), sort: "name" })).map(({ values }) => values["fleetSize"]),
    ).toEqual([20, 30]);
    const numbers = async () => (await list(supervisor, { sort: "createdAt" })).map(({ number }) => number);
    for (let n = 0; n < 600 && (await numbers()).includes(""); n++) await new Promise(setImmediate);
    const year = new Date().getFullYear();
    expect(await numbers()).toEqual([1, 2, 3, 4].map((n) => `L-${year}-${String(n).padStart(6, "0")}`));
    await system.drain();
    await using transport = system.family.connect();
    const told = (await readTopic(transport, "trunkline.customer.record.v1"))
      .map(({ value }) => Buffer.from(value).toString("utf8"))
      .join();
    expect(told).toContain("exhibition");
    for (const personal of ["远洋", "13911112222", "车队", "要报价"]) expect(told).not.toContain(personal);
  });

  it("rubbish is refused by name, and a filter as deep as the sea as well", async () => {
    const code = (request: Record<string, unknown>, method = "ListRecords") =>
      (supervisor as Api).call(`${SERVICE}/${method}`, { kind: "lead", ...request }).then(
        () => "",
        (error: unknown) => (error as ApiError).code,
      );
    let deep: object = condition("state", "equal", "new");
    for (let n = 0; n < 3_000; n++) deep = { none: { filters: [deep] } };
    expect(["filter_too_large", "invalid_argument", "message_malformed"]).toContain(await code({ filter: deep }));
    const many = {
      any: {
        filters: Array.from({ length: 100 }, () => ({ any: { filters: Array.from({ length: 100 }, () => condition("state", "empty")) } })),
      },
    };
    expect(await code({ filter: many })).toBe("filter_too_large");
    expect(await code({ filter: condition("__proto__", "empty") })).toBe("filter_field_unknown");
    expect(await code({ values: { __proto__x: 1, name: "a" } }, "CreateRecord")).toBe("record_invalid");
    expect(await code({ values: JSON.parse('{"__proto__": 1, "name": "a"}') }, "CreateRecord")).not.toBe("");
    expect(await list(supervisor, { filter: condition("state", "equal", "new"), pageSize: 1 })).toHaveLength(1);
  });
});

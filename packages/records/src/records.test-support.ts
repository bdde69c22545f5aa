import { fromJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import { topic } from "@trunkline/events";
import { createBus } from "@trunkline/events/memory-bus";
import { RecordEventSchema, RecordService } from "@trunkline/proto/records";
import { asking, type Who } from "@trunkline/rpc/asking";
import { memoryBackend } from "@trunkline/store";
import { address, choice, date, email, instant, link, longText, money, number, phone, text, yesNo } from "./field.ts";
import { EVERYTHING, kind } from "./kind.ts";
import { type LinkTarget, openRecordStores, openRecords } from "./open-records.ts";
import { serveRecords } from "./serve-records.ts";

/** One field of each type, with states, a rule and rights: what a kind can say. */
export const boat = kind("boat", {
  label: ["船", "Boat"],
  plural: "boats",
  number: "B",
  fields: {
    name: text(["船名", "Name"], { required: true, search: "name", max: 200 }),
    skipper: text(["船长", "Skipper"], { personal: true, search: "name" }),
    phones: phone(["电话", "Telephone"], { many: 3 }),
    email: email(["邮箱", "E-mail"]),
    port: choice(["港口", "Port"], { ningbo: ["宁波", "Ningbo"], xiamen: ["厦门", "Xiamen"] }),
    length: number(["长度", "Length"], { min: 1, max: 400, decimals: 1 }),
    price: money(["价格", "Price"], { min: 0 }),
    built: date(["建造日", "Built"]),
    seenAt: instant(["最后出现", "Last seen"]),
    insured: yesNo(["已投保", "Insured"]),
    owner: link(["客户", "Customer"], "customer"),
    mooring: address(["泊位", "Mooring"]),
    remarks: longText(["备注", "Remarks"]),
  },
  states: { sailing: ["航行中", "Sailing"], moored: ["停泊", "Moored"], scrapped: ["报废", "Scrapped"] },
  actions: {
    moor: {
      label: ["停泊", "Moor"],
      from: ["sailing"],
      to: "moored",
      asks: {
        port: choice(["港口", "Port"], { ningbo: ["宁波", "Ningbo"], xiamen: ["厦门", "Xiamen"] }, { required: true }),
        harbourmaster: text(["港务长", "Harbourmaster"]),
      },
    },
    sail: {
      label: ["起航", "Set sail"],
      from: ["moored"],
      to: "sailing",
      needs: ["skipper", "phones"],
      run: (_, __, at) => ({ port: undefined, seenAt: at }),
    },
    scrap: { label: ["报废", "Scrap"], from: ["moored"], to: "scrapped", right: "scrap" },
  },
  access: {
    agent: { scope: "own", may: ["read", "create", "write", "act"] },
    marketer: { scope: "own", may: ["read", "create", "write"] },
    masked_agent: { scope: "all", may: ["read"] },
    supervisor: { scope: "all", may: [...EVERYTHING, "scrap"] },
    admin: { scope: "all", may: ["read"] },
  },
  list: { columns: ["number", "name", "port", "state"], sortable: ["name", "length", "built"] },
});

export const values = (plain: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, fromJson(ValueSchema, value as never)]));
export const plain = (record: { readonly values: Readonly<Record<string, { readonly kind: { readonly value?: unknown } }>> } | undefined) =>
  Object.fromEntries(Object.entries(record?.values ?? {}).map(([name, value]) => [name, value.kind.value]));

export const mei: Who = { id: "mei" };
export const bo: Who = { id: "bo" };
export const boss: Who = { id: "boss", roles: ["supervisor"] };
export const admin: Who = { id: "admin", roles: ["admin"] };
export const masked: Who = { id: "masked", roles: ["masked_agent"] };

export const { method } = RecordService;
const recordTopic = topic("test.record", RecordEventSchema);

/** RecordService of one kind, in memory; employees and customers exist by these names. */
export async function openBoats() {
  const world = { now: Date.parse("2026-11-30T10:00:00+08:00") };
  const bus = createBus("test");
  const there = (...ids: string[]): LinkTarget => ({
    exists: async (_, id) => ids.includes(id),
    names: async (_, asked) => new Map(asked.flatMap((id) => (ids.includes(id) ? [[id, `called ${id}`]] : []))),
  });
  const stores = await openRecordStores(
    memoryBackend(bus, () => world.now),
    [boat],
    recordTopic,
  );
  const records = await openRecords(stores, {
    targets: { customer: there("k1"), employee: there("mei", "bo", "boss") },
    now: () => world.now,
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    service: "test",
  });
  const ask = asking([serveRecords(records)]);
  const create = async (fields: Readonly<Record<string, unknown>>, who = mei, more: { requestId?: string; ownerId?: string } = {}) => {
    world.now += 1;
    return (await ask(method.createRecord, { kind: "boat", values: values(fields), ...more }, who)).record;
  };
  return { world, bus, records, ask, create, [Symbol.asyncDispose]: () => records[Symbol.asyncDispose]() };
}

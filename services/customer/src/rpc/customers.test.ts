import { describe, expect, it } from "@jest/globals";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { openCustomers } from "../customer.test-support.ts";

const { changeCustomer, createCustomer, findDuplicates, identifyCaller, searchCustomers } = CustomerService.method;
const agent = { id: "agent" };

async function open() {
  let at = 1_000;
  const { bus, ask } = await openCustomers(() => at++);
  const create = async (name: string, phones: string[] = [], more: { emails?: string[]; grade?: string; address?: string } = {}) =>
    (await ask(createCustomer, { kind: CustomerKind.PERSON, name, phones, ...more }, agent)).customer?.customerId ?? "";
  return { ask, bus, create };
}

describe("a customer that is changed", () => {
  it("has what the mask names and keeps the rest, is found by the new and not by the old", async () => {
    const { ask, bus, create } = await open();
    const customerId = await create("王伟", ["13900001000"], { grade: "B" });
    const change = { customerId, name: "王维", phones: ["139 0000 2000"], updateMask: { paths: ["name", "phones"] } };
    const { customer } = await ask(changeCustomer, change, agent);
    expect(customer).toMatchObject({ name: "王维", phones: ["+8613900002000"], grade: "B", revision: 1 });
    const names = async (searchText: string) =>
      (await ask(searchCustomers, { searchText }, agent)).matches.map((one) => one.customer?.name);
    expect([await names("王维"), await names("王伟"), await names("2000")]).toEqual([["王维"], [], ["王维"]]);
    expect((await ask(identifyCaller, { number: "13900001000" }, agent)).matches).toEqual([]);
    expect(bus.published.at(-1)).toMatchObject({ type: "changed", n: 2 });
    expect(Buffer.from(bus.published.at(-1)?.payload ?? []).toString("latin1")).not.toContain("139");
  });

  it("is not saved over what somebody else has saved meanwhile, nor emptied of its name, nor given a number that is none", async () => {
    const { ask, create } = await open();
    const customerId = await create("王伟");
    const grade = (value: string, revision: number) =>
      ask(changeCustomer, { customerId, grade: value, revision, updateMask: { paths: ["grade"] } }, agent);
    await grade("A", 0);
    await expect(grade("C", 0)).rejects.toMatchObject({ code: "stale_revision" });
    const refused = (change: object, path: string) =>
      expect(ask(changeCustomer, { customerId, ...change, updateMask: { paths: [path] } }, agent)).rejects;
    await refused({ name: " " }, "name").toMatchObject({ code: "field_invalid" });
    await refused({}, "customer_id").toMatchObject({ code: "field_invalid" });
    await refused({}, "constructor").toMatchObject({ code: "field_invalid" });
    await refused({ phones: ["12"] }, "phones").toMatchObject({ code: "phone_invalid" });
    await refused({ timeZone: "Mars/Base" }, "time_zone").toMatchObject({ code: "time_zone_invalid" });
  });

  it("as it is already tells nobody", async () => {
    const { ask, bus, create } = await open();
    const customerId = await create("王伟", ["13900001000"]);
    await ask(changeCustomer, { customerId, phones: ["+86 139 0000 1000"], updateMask: { paths: ["phones"] } }, agent);
    expect(bus.published.map(({ type }) => type)).toEqual(["created"]);
  });
});

describe("whoever is about to be entered", () => {
  it("is shown whom it may be: by number, by e-mail, by name, in that order, and not itself", async () => {
    const { ask, create } = await open();
    const name = await create("王伟");
    const email = await create("李娜", [], { emails: ["wang@example.cn"] });
    const phone = await create("刘强", ["13900001000"]);
    await create("王伟强");
    const find = async (customerId = "") => {
      const wanted = { name: "王 伟", phones: ["0139-0000-1000"], emails: ["Wang@Example.cn"], customerId };
      return (await ask(findDuplicates, wanted, agent)).matches.map(({ customer, reasons }) => [customer?.customerId, ...reasons]);
    };
    expect(await find()).toEqual([
      [phone, "phone_same"],
      [email, "email_same"],
      [name, "name_same"],
    ]);
    expect((await find(phone)).map(([id]) => id)).toEqual([email, name]);
  });

  it("is shown the namesake at the same address, or with the same number, however many were entered since", async () => {
    const { ask, create } = await open();
    const both = await create("王伟", ["13900001000"], { address: "人民路1号" });
    const address = await create("王伟", [], { address: "人民路 1 号" });
    const written = await create("王伟", [], { address: "人民路1号" });
    await create("李娜", [], { address: "人民路1号" });
    for (let n = 0; n < 30; n++) await create(n % 2 ? "王伟" : "王伟强");
    const find = async (wanted: object) =>
      (await ask(findDuplicates, { name: "王伟", ...wanted }, agent)).matches.map(({ customer, reasons }) => [
        customer?.customerId,
        ...reasons,
      ]);
    const found = await find({ phones: ["13900001000"], address: "人民路1号" });
    expect(found).toHaveLength(10);
    expect(found.slice(0, 4)).toEqual([
      [both, "phone_same", "name_same", "address_same"],
      [written, "name_same", "address_same"],
      [address, "name_same", "address_same"],
      [expect.anything(), "name_same"],
    ]);
  });

  it("is shown the best of many namesakes, though others begin with the name", async () => {
    const { ask, create } = await open();
    const vip = await create("王伟", [], { grade: "A" });
    for (let n = 0; n < 30; n++) await create(n % 2 ? "王伟" : "王伟强");
    expect((await ask(findDuplicates, { name: " 王伟 " }, agent)).matches[0]?.customer?.customerId).toBe(vip);
  });

  it("is shown whom they mean by a namesake's address beyond the namesakes that are looked at", async () => {
    const { ask, create } = await open();
    const there = await create("王伟", [], { address: "人民路1号" });
    for (let n = 0; n < 210; n++) await create("王伟");
    const { matches } = await ask(findDuplicates, { name: "王伟", address: "人民路1号" }, agent);
    expect(matches[0]?.customer?.customerId).toBe(there);
  });

  it("and who calls is first the one with something open, then of the better grade", async () => {
    const { ask, create } = await open();
    const vip = await create("王伟", ["13900001000"], { grade: "A" });
    const empty = await create("王伟", ["13900001000"]);
    const { matches } = await ask(identifyCaller, { number: "13900001000" }, agent);
    expect(matches.map(({ customer }) => customer?.customerId)).toEqual([vip, empty]);
  });
});

import { describe, expect, it } from "@jest/globals";
import { AssetService, CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { onAssetEvent } from "../consumers/on-asset-event.ts";
import { openCustomers } from "../customer.test-support.ts";

const { changeAsset, createAsset, listAssets } = AssetService.method;
const agent = { id: "agent" };
const NUMBER = "13912345678";
const refusal = (code: string) => expect.objectContaining({ code });

async function open() {
  const world = { now: 1_000 };
  const { bus, context, ask } = await openCustomers(
    () => world.now,
    (context) => [onAssetEvent(context)],
  );
  const { customer } = await ask(
    CustomerService.method.createCustomer,
    { kind: CustomerKind.PERSON, name: "王伟", phones: [NUMBER] },
    agent,
  );
  const customerId = customer?.customerId ?? "";
  return {
    bus,
    ask,
    customerId,
    context,
    add: async (product: string, more: { serial?: string; site?: string; warrantyUntil?: string; requestId?: string } = {}) => {
      world.now += 1_000;
      const { asset } = await ask(createAsset, { customerId, product, ...more }, agent);
      return asset?.assetId ?? "";
    },
    /** What a pop would say of them. */
    shown: async () => {
      await bus.drain();
      const { matches } = await ask(CustomerService.method.identifyCaller, { number: NUMBER }, agent);
      return { products: matches[0]?.assets.map(({ product }) => product), count: matches[0]?.assetCount, assets: matches[0]?.assets };
    },
  };
}

describe("a customer's assets", () => {
  it("come with who calls: product, serial, site and warranty, without another question", async () => {
    const { add, shown } = await open();
    expect(await shown()).toMatchObject({ products: [], count: 0 });
    const assetId = await add("KFR-35GW", { serial: "SN1", site: "客厅", warrantyUntil: "2027-05-31" });
    expect((await shown()).assets).toMatchObject([
      { assetId, product: "KFR-35GW", serial: "SN1", site: "客厅", warrantyUntil: "2027-05-31" },
    ]);
  });

  it("are shown as they are now, and what is retired makes room for the sixth", async () => {
    const { ask, add, shown } = await open();
    const ids: string[] = [];
    for (const product of ["a", "b", "c", "d", "e", "f"]) ids.push(await add(product));
    expect(await shown()).toMatchObject({ products: ["f", "e", "d", "c", "b"], count: 6 });
    await ask(changeAsset, { assetId: ids[5] ?? "", product: "f", state: "retired" }, agent);
    await ask(changeAsset, { assetId: ids[0] ?? "", product: "a2", state: "in_use" }, agent);
    expect(await shown()).toMatchObject({ products: ["e", "d", "c", "b", "a2"], count: 5 });
  });

  it("are the same after every event has come twice", async () => {
    const { ask, bus, add, shown } = await open();
    const assetId = await add("a");
    await add("b");
    await ask(changeAsset, { assetId, product: "a", state: "retired" }, agent);
    const before = await shown();
    await bus.redeliver();
    expect(await shown()).toEqual(before);
  });

  it("are shown right when an event's effect is overtaken by that of another asset", async () => {
    const { add, shown, context } = await open();
    await add("a");
    const update = context.customers.update;
    const late = async (...args: Parameters<typeof update>) => {
      Object.assign(context.customers, { update });
      await add("b");
      await shown();
      return update(...args);
    };
    Object.assign(context.customers, { update: late });
    expect(await shown()).toMatchObject({ products: ["b", "a"], count: 2 });
  });

  it("are listed page by page, retired ones too", async () => {
    const { ask, add, customerId } = await open();
    for (const product of ["a", "b", "c"]) await add(product);
    const first = await ask(listAssets, { customerId, pageSize: 2 }, agent);
    const rest = await ask(listAssets, { customerId, pageSize: 2, pageToken: first.nextPageToken }, agent);
    expect([first, rest].map(({ assets }) => assets.map(({ product }) => product))).toEqual([["c", "b"], ["a"]]);
    expect((await ask(listAssets, { customerId }, { id: "agent", tenant: "t2" })).assets).toEqual([]);
  });

  it("asked for twice under one request_id are one", async () => {
    const { ask, add, customerId } = await open();
    expect(await add("a", { requestId: "try-1" })).toBe(await add("a", { requestId: "try-1" }));
    expect((await ask(listAssets, { customerId }, agent)).assets).toHaveLength(1);
  });

  it("belong to a customer who is there, and are found in their tenant only", async () => {
    const { ask, add } = await open();
    await expect(ask(createAsset, { customerId: "nobody", product: "a" }, agent)).rejects.toEqual(refusal("customer_not_found"));
    const assetId = await add("a");
    const change = ask(changeAsset, { assetId, product: "a", state: "retired" }, { id: "agent", tenant: "t2" });
    await expect(change).rejects.toEqual(refusal("asset_not_found"));
  });
});

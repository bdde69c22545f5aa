import { describe, expect, it } from "@jest/globals";
import { createAsset } from "./asset.ts";
import {
  createCustomer,
  type NewCustomer,
  rankMatches,
  recordAssets,
  recordClosedRequest,
  recordContact,
  recordOpenRequest,
} from "./customer.ts";

const given = (more: Partial<NewCustomer> = {}) =>
  createCustomer(
    {
      id: "c1",
      kind: "person",
      name: "王小明",
      phones: ["139 1234 5678"],
      emails: ["A@b.cn"],
      grade: "B",
      tags: ["vip", "vip"],
      regionCode: "110105",
      address: "",
      timeZone: "",
      alerts: [],
      ...more,
    },
    1_000,
  );

describe("a customer", () => {
  it("is created with numbers in E.164, mails in lower case and tags once; the event holds nothing personal", () => {
    const { state, events } = given();
    expect(state).toMatchObject({ phones: ["+8613912345678"], emails: ["a@b.cn"], tags: ["vip"], timeZone: "" });
    expect(events).toEqual([{ type: "created", at: 1_000, grade: "B", tags: ["vip"], regionCode: "110105" }]);
  });

  it("is refused with a number that is none, naming its place only", () => {
    expect(() => given({ phones: ["13912345678", "hello"] })).toThrow(
      expect.objectContaining({ code: "phone_invalid", details: { position: 2 } }),
    );
  });

  it("keeps the five newest contacts, each once, in the state it had last", () => {
    let customer = given().state;
    for (let n = 1; n <= 7; n++)
      customer = recordContact(customer, { id: `call/${n}`, kind: "call", state: "queued", at: n, employeeId: "" }).state;
    customer = recordContact(customer, { id: "call/6", kind: "call", state: "answered", at: 6, employeeId: "e1" }).state;
    expect(customer.recentContacts.map(({ id, state }) => `${id} ${state}`)).toEqual([
      "call/7 queued",
      "call/6 answered",
      "call/5 queued",
      "call/4 queued",
      "call/3 queued",
    ]);
  });

  it("shows a request while it is open", () => {
    const open = recordOpenRequest(given().state, { id: "r1", type: "repair", priority: "high", openedAt: 5 }).state;
    expect(open.openRequests).toHaveLength(1);
    expect(recordClosedRequest(open, "r1").state.openRequests).toEqual([]);
  });

  it("shows five of its assets, and how many there are", () => {
    const assets = ["a7", "a6", "a5", "a4", "a3", "a2", "a1"].map(
      (id) => createAsset({ id, customerId: "c1", product: "KFR", serial: "", site: "", installedOn: "", warrantyUntil: "" }, 1).state,
    );
    const { state } = recordAssets(given().state, assets);
    expect(state.assets?.map(({ id }) => id)).toEqual(["a7", "a6", "a5", "a4", "a3"]);
    expect(state.assetCount).toBe(7);
  });

  it("that was dealt with last is the first guess for a shared number", () => {
    const [older, newer] = [
      given({ id: "a" }).state,
      recordContact(given({ id: "b" }).state, { id: "call/1", kind: "call", state: "answered", at: 9_000, employeeId: "" }).state,
    ];
    expect(rankMatches([older, newer]).map(({ id }) => id)).toEqual(["b", "a"]);
  });
});

import { describe, expect, it } from "@jest/globals";
import { changeAsset, createAsset } from "./asset.ts";

const facts = { product: "KFR-35GW", serial: "SN1", site: "客厅", installedOn: "2024-02-29", warrantyUntil: "" };
const given = (more: Partial<typeof facts> = {}) => createAsset({ id: "a1", customerId: "c1", ...facts, ...more }, 1_000);

describe("an asset", () => {
  it("is in use from the moment it is entered", () => {
    const { state, events } = given();
    expect(state).toEqual({ id: "a1", customerId: "c1", ...facts, state: "in_use", createdAt: 1_000 });
    expect(events).toEqual([{ type: "created", at: 1_000, asset: state }]);
  });

  it.each(["2025-02-29", "2026-13-01", "20260101"])("is refused with the date %s, which is none", (date) => {
    const refused = expect.objectContaining({ code: "asset_date_invalid" });
    expect(() => given({ installedOn: date })).toThrow(refused);
    expect(() => changeAsset(given().state, { ...facts, warrantyUntil: date, state: "in_use" }, 2_000)).toThrow(refused);
  });

  it("is changed as a whole, and its customer stays", () => {
    const { state, events } = changeAsset(given().state, { ...facts, site: "书房", state: "retired" }, 2_000);
    expect(state).toMatchObject({ id: "a1", customerId: "c1", site: "书房", state: "retired", createdAt: 1_000 });
    expect(events).toEqual([{ type: "changed", at: 2_000, asset: state }]);
  });

  it("that is changed to what it is says nothing", () => {
    const { state } = given();
    expect(changeAsset(state, { ...facts, state: "in_use" }, 2_000)).toEqual({ state, events: [] });
  });
});

import { describe, expect, it } from "@jest/globals";
import { countDialled, type Dialled } from "./outbound-policy.ts";

const policy = { dialAllow: ["+86"], dialPerMinute: 100, dialPerDay: 2, timeZone: "Asia/Shanghai" };
const at = (instant: string) => Date.parse(instant);

describe("the calls of a day", () => {
  it("are counted from midnight where the tenant is, not where the clock's zero lies", () => {
    let dialled: Dialled | undefined;
    const dial = (instant: string, zone = policy.timeZone) => {
      dialled = countDialled({ ...policy, timeZone: zone }, dialled, at(instant));
      return dialled.inDay;
    };
    expect([dial("2026-11-28T23:58:00+08:00"), dial("2026-11-28T23:59:59+08:00")]).toEqual([1, 2]);
    expect(() => dial("2026-11-28T23:59:59.5+08:00")).toThrow("2 calls a day");
    expect(dial("2026-11-29T00:00:00+08:00")).toBe(1);
    expect(dial("2026-11-29T08:00:00+08:00")).toBe(2);
    expect(() => dial("2026-11-29T08:00:01+08:00")).toThrow("2 calls a day");
  });
});

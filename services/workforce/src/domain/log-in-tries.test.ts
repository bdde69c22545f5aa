import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { addressPrefix, releaseTry, reserveTry, type Tries } from "./log-in-tries.ts";

describe("the tries of an account", () => {
  it("are never more than the limit within any span of its length, whatever comes", () => {
    const limit = { most: 5, withinMs: 60 };
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 60 }), (steps) => {
        let tries: Tries | undefined;
        let at = 0;
        const judged: number[] = [];
        for (const step of steps) {
          at += step;
          const next = reserveTry(tries, limit, at);
          const within = judged.filter((one) => one > at - limit.withinMs).length;
          expect(next !== undefined).toBe(within < limit.most);
          if (next) judged.push(at);
          tries = next ?? tries;
          expect(tries?.at.length ?? 0).toBeLessThanOrEqual(limit.most);
        }
      }),
    );
  });

  it("are given back one by one", () => {
    const limit = { most: 5, withinMs: 60 };
    const two = reserveTry(reserveTry(undefined, limit, 1), limit, 1);
    expect(releaseTry(two, 1)?.at).toEqual([1]);
    expect(releaseTry(two, 2)).toBeUndefined();
    expect(releaseTry(undefined, 2)).toBeUndefined();
  });
});

describe("the prefix of an address", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
    ["2001:DB8:0001:2::9", "2001:db8:1:2"],
    ["2001:db8::9", "2001:db8:0:0"],
    ["1::2:3:4:5:6:7", "1:0:2:3"],
    ["::1", "0:0:0:0"],
    ["", ""],
  ])("of %s is %s", (address, prefix) => expect(addressPrefix(address)).toBe(prefix));
});

import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { CONFIRM_MS, confirm, postpone, release, reserve, type Workload } from "./workload.ts";

const empty: Workload = { employeeId: "li", date: "2026-03-09", visits: [] };
const visit = (n: number, at = 0) => ({ offerId: `o${n}`, workOrderId: `w${n}`, at });

describe("an engineer's day", () => {
  it("has room up to its capacity and not beyond", () => {
    const one = reserve(empty, visit(1), 2);
    const two = one && reserve(one, visit(2), 2);
    expect(two?.visits.map(({ workOrderId }) => workOrderId)).toEqual(["w1", "w2"]);
    expect(two && reserve(two, visit(3), 2)).toBeUndefined();
    expect(reserve(empty, visit(1), 0)).toBeUndefined();
  });

  it("counts one work order once, under its newest offer", () => {
    const one = reserve(empty, visit(1), 1) as Workload;
    const again = reserve(one, { ...visit(1), offerId: "newer" }, 1);
    expect(again?.visits.map(({ offerId }) => offerId)).toEqual(["newer"]);
  });

  it("is to be looked at until its visits are confirmed", () => {
    const day = reserve(reserve(empty, visit(1, 5), 9) as Workload, visit(2, 10), 9) as Workload;
    expect(day.checkAt).toBe(5 + CONFIRM_MS);
    expect(confirm(day, "o1").checkAt).toBe(10 + CONFIRM_MS);
    expect(confirm(confirm(day, "o1"), "o2").checkAt).toBeUndefined();
    expect(postpone(day, 100).checkAt).toBe(100 + CONFIRM_MS);
  });

  it("whatever is reserved, confirmed and released, never holds more than its capacity", () => {
    const step = fc.record({ what: fc.constantFrom("reserve", "confirm", "release"), n: fc.integer({ min: 1, max: 8 }) });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.array(step, { maxLength: 60 }), (capacity, steps) => {
        let day = empty;
        for (const { what, n } of steps) {
          if (what === "reserve") day = reserve(day, visit(n), capacity) ?? day;
          else day = what === "confirm" ? confirm(day, `o${n}`) : release(day, `o${n}`);
          expect(day.visits.length).toBeLessThanOrEqual(capacity);
          expect(day.checkAt === undefined).toBe(day.visits.every(({ confirmed }) => confirmed));
        }
      }),
    );
  });
});

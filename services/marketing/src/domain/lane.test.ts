import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { NO_TURNS, type Turns, takeTurns, type Waiting } from "./lane.ts";

const lane = (key: string, weight: number, size: number): Waiting<string> => ({
  key,
  weight,
  items: Array.from({ length: size }, (_, n) => `${key}${n}`),
});

describe("turns", () => {
  it("alternate between tenants who advertise, however many messages one has", () => {
    const { taken } = takeTurns(NO_TURNS, [lane("a", 1, 1_000), lane("b", 1, 3)], 8);
    expect(taken).toEqual(["a0", "b0", "a1", "b1", "a2", "b2", "a3", "a4"]);
  });

  it("are a service message's first, of this tenant or another, and go on for the others", () => {
    const { taken } = takeTurns(NO_TURNS, [lane("advert", 1, 1_000), lane("survey", 4, 2), lane("appointment", 16, 3)], 8);
    expect(taken.slice(0, 3)).toEqual(["appointment0", "appointment1", "appointment2"]);
    expect(taken).toEqual(expect.arrayContaining(["survey0", "survey1", "advert0"]));
    const busy = takeTurns(NO_TURNS, [lane("advert", 1, 100), lane("appointment", 16, 100)], 34);
    expect(busy.taken.filter((item) => item.startsWith("advert"))).toHaveLength(2);
  });

  it("begin at once for an appointment that comes when a million adverts have been going out for hours", () => {
    let turns: Turns = NO_TURNS;
    for (let round = 0; round < 500; round++) turns = takeTurns(turns, [lane("advert", 1, 100)], 100).turns;
    expect(takeTurns(turns, [lane("advert", 1, 100), lane("appointment", 16, 1)], 2).taken).toEqual(["appointment0", "advert0"]);
  });

  it("come to every lane, also to more of them than one round has", () => {
    const lanes = Array.from({ length: 250 }, (_, n) => lane(`lane${n}.`, 1, 1));
    const served = new Set<string>();
    let turns: Turns = NO_TURNS;
    for (let round = 0; round < 3; round++) {
      const step = takeTurns(turns, lanes, 100);
      for (const item of step.taken) served.add(item);
      turns = step.turns;
    }
    expect(served.size).toBe(250);
  });

  it("over any lanes are as many as there is to send, never out of a lane's order, and remember no lane that is empty", () => {
    const lanes = fc.array(fc.record({ weight: fc.constantFrom(1, 4, 16), size: fc.nat(30) }), { maxLength: 20 });
    fc.assert(
      fc.property(lanes, fc.integer({ min: 1, max: 100 }), (given, size) => {
        const all = given.map((one, n) => lane(`${n}.`, one.weight, one.size));
        const { turns, taken } = takeTurns(NO_TURNS, all, size);
        expect(taken).toHaveLength(
          Math.min(
            size,
            all.reduce((sum, { items }) => sum + items.length, 0),
          ),
        );
        for (const { key, items } of all) {
          const own = taken.filter((item) => item.startsWith(key));
          expect(own).toEqual(items.slice(0, own.length));
        }
        expect([...turns.passed.keys()]).toEqual(all.filter(({ items }) => items.length > 0).map(({ key }) => key));
      }),
    );
  });
});

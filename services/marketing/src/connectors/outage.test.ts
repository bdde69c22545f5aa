import { describe, expect, it } from "@jest/globals";
import { createOutage } from "./outage.ts";

describe("an outage", () => {
  it("is waited out twice as long each time, however many notice it at once, until something passes", () => {
    let at = 0;
    const outage = createOutage({ first: 1_000, most: 3_000 }, () => at);
    const waits = [1, 2, 3].map(() => {
      for (let n = 0; n < 5; n++) outage.begin();
      const from = at;
      while (!outage.over()) at += 100;
      return at - from;
    });
    expect(waits).toEqual([1_000, 2_000, 3_000]);
    outage.end();
    expect(outage.over()).toBe(true);
    outage.begin();
    at += 1_000;
    expect(outage.over()).toBe(true);
  });
});

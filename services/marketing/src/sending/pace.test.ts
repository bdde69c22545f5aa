import { describe, expect, it } from "@jest/globals";
import { inParallel } from "./in-parallel.ts";
import { createPace } from "./pace.ts";

describe("a pace", () => {
  it("of two hundred a second lets twenty turns take a tenth of a second, however many wait", async () => {
    const pace = createPace(200);
    const started = performance.now();
    await Promise.all(Array.from({ length: 21 }, () => pace(new AbortController().signal)));
    expect(performance.now() - started).toBeGreaterThanOrEqual(99);
  });
});

describe("work in parallel", () => {
  it("never has more under way than its width, and ends after an error with what was under way", async () => {
    let underWay = 0;
    let most = 0;
    let begun = 0;
    const work = async (n: number) => {
      begun++;
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      if (n === 6) throw new Error("six");
      return n;
    };
    await expect(inParallel([...Array(50).keys()], 3, work)).rejects.toThrow("six");
    expect(most).toBe(3);
    expect(underWay).toBe(0);
    expect(begun).toBeLessThan(12);
  });
});

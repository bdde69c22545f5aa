import { describe, expect, it } from "@jest/globals";
import { inParallel } from "./in-parallel.ts";

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

  it("gives results in the order of the items, whichever is done first", async () => {
    const later = Promise.withResolvers<void>();
    const work = async (n: number, index: number) => {
      if (n === 0) await later.promise;
      else if (n === 2) later.resolve();
      return `${n} at ${index}`;
    };
    expect(await inParallel([0, 1, 2], 2, work)).toEqual(["0 at 0", "1 at 1", "2 at 2"]);
    expect(await inParallel([], 2, work)).toEqual([]);
  });
});

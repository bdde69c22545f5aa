import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { runKeyed } from "./run-keyed.ts";

type Item = { readonly key: string; readonly outcome: "done" | "later"; readonly turns: number };

const items = fc.array(
  fc.record({
    key: fc.constantFrom("a", "b", "c", "d", "e"),
    outcome: fc.constantFrom("done" as const, "done" as const, "done" as const, "later" as const),
    turns: fc.nat(4),
  }),
  { maxLength: 40 },
);
const width = fc.integer({ min: 1, max: 6 });

/** Runs the items and notes what happened when; each takes as many turns of the event loop as it says. */
async function run(list: readonly Item[], most: number) {
  const begun: number[] = [];
  const underWay = new Set<number>();
  let widest = 0;
  let sameKeyTwice = false;
  const outcomes = await runKeyed(
    list.map((item, index) => ({ item, index })),
    most,
    ({ item }) => item.key,
    async ({ item, index }) => {
      sameKeyTwice ||= [...underWay].some((other) => list[other]?.key === item.key);
      begun.push(index);
      underWay.add(index);
      widest = Math.max(widest, underWay.size);
      for (let turn = 0; turn < item.turns; turn++) await Promise.resolve();
      underWay.delete(index);
      return item.outcome;
    },
  );
  return { begun, widest, sameKeyTwice, outcomes };
}

describe("keyed work", () => {
  it("does the items of one key one after the other and in their order", () =>
    fc.assert(
      fc.asyncProperty(items, width, async (list, most) => {
        const { begun, sameKeyTwice } = await run(list, most);
        expect(sameKeyTwice).toBe(false);
        for (const key of new Set(list.map((item) => item.key))) {
          const ofKey = begun.filter((index) => list[index]?.key === key);
          expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
        }
      }),
    ));

  it("never has more keys under way than its width, and uses it", () =>
    fc.assert(
      fc.asyncProperty(items, width, async (list, most) => {
        const { widest } = await run(
          list.map((item) => ({ ...item, turns: 5 })),
          most,
        );
        expect(widest).toBe(Math.min(most, new Set(list.map((item) => item.key)).size));
      }),
    ));

  it("after the first later of a key begins no more of it, and leaves other keys alone", () =>
    fc.assert(
      fc.asyncProperty(items, width, async (list, most) => {
        const { begun, outcomes } = await run(list, most);
        const blocked = new Set<string>();
        for (const [index, { key, outcome }] of list.entries()) {
          const expected = blocked.has(key) ? "later" : outcome;
          expect([index, outcomes[index], begun.includes(index)]).toEqual([index, expected, !blocked.has(key)]);
          if (outcome === "later") blocked.add(key);
        }
      }),
    ));

  it("fails when work fails, for a handler must not", async () => {
    const broken = runKeyed([1], 2, String, () => Promise.reject(new Error("broken")));
    await expect(broken).rejects.toThrow("broken");
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { inTurn } from "./in-turn.ts";

describe("visiting many in turn", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it("comes to each once in a round, and to few at a time", async () => {
    const all = new Set(Array.from({ length: 100 }, (_, n) => n));
    const visits: number[][] = [];
    const stop = inTurn(all, 15_000, (one) => void visits.at(-1)?.push(one));
    for (let second = 0; second < 30; second++) {
      visits.push([]);
      await jest.advanceTimersByTimeAsync(1_000);
    }
    stop();
    const rounds = [visits.slice(0, 15).flat(), visits.slice(15).flat()];
    expect(rounds.map((round) => [...round].sort((a, b) => a - b))).toEqual([[...all], [...all]]);
    expect(Math.max(...visits.map(({ length }) => length))).toBe(7);
  });

  it("comes in the next round to those who came during this one", async () => {
    const all = new Set(["early"]);
    const visited: string[] = [];
    const stop = inTurn(all, 2_000, (one) => void visited.push(one));
    await jest.advanceTimersByTimeAsync(1_000);
    all.add("late");
    await jest.advanceTimersByTimeAsync(3_000);
    stop();
    expect(visited).toEqual(["early", "early", "late"]);
  });
});

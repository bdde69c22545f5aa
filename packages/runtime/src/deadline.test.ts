import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { backOff, withDeadline } from "./deadline.ts";

describe("a deadline", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it("lets work through that is done in time, with its result or its error, and leaves no timer", async () => {
    expect(await withDeadline("reading", 100, Promise.resolve(7))).toBe(7);
    await expect(withDeadline("reading", 100, Promise.reject(new Error("broken")))).rejects.toThrow("broken");
    expect(jest.getTimerCount()).toBe(0);
  });

  it("ends the wait for work that is not, and says what took too long", async () => {
    const waiting = withDeadline("reading", 100, new Promise(() => {}));
    const refused = expect(waiting).rejects.toMatchObject({
      kind: "deadline_exceeded",
      code: "deadline_exceeded",
      message: "reading took longer than 100 ms",
    });
    await jest.advanceTimersByTimeAsync(100);
    await refused;
  });
});

describe("a pause before the next try", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** How long the pause was, in steps of one millisecond. */
  async function measure(attempt: number): Promise<number> {
    let over = false;
    void backOff(attempt, 100, 5_000).then(() => {
      over = true;
    });
    for (let ms = 0; ; ms++) {
      await jest.advanceTimersByTimeAsync(ms === 0 ? 0 : 1);
      if (over) return ms;
    }
  }

  it.each([
    [1, 100],
    [2, 200],
    [5, 1_600],
    [7, 5_000],
    [500, 5_000],
  ])("number %i is between half of %i ms and all of it", async (attempt, most) => {
    const ms = await measure(attempt);
    expect(ms).toBeGreaterThanOrEqual(most / 2);
    expect(ms).toBeLessThanOrEqual(most);
  });

  it("ends when the signal says so, before or during it", async () => {
    const stop = new AbortController();
    const pausing = backOff(9, 1_000, 60_000, stop.signal);
    stop.abort();
    await pausing;
    await backOff(9, 1_000, 60_000, stop.signal);
    expect(jest.getTimerCount()).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { signsOfLife } from "./signs-of-life.ts";

describe("signs of life", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  function watched() {
    const seen = { asked: 0, lost: 0, listening: true };
    const signs = signsOfLife({
      everyMs: 1_000,
      ask: () => void seen.asked++,
      listening: () => seen.listening,
      lost: () => void seen.lost++,
    });
    return { seen, signs, rounds: (count: number) => jest.advanceTimersByTime(count * 1_000) };
  }

  it("lose the other end when it was asked twice and said nothing", () => {
    const { seen, rounds } = watched();
    rounds(2);
    expect(seen).toMatchObject({ asked: 2, lost: 0 });
    rounds(1);
    expect(seen.lost).toBe(1);
  });

  it("keep it as long as it says something", () => {
    const { seen, signs, rounds } = watched();
    for (let n = 0; n < 10; n++) {
      rounds(2);
      signs.heard();
    }
    expect(seen.lost).toBe(0);
  });

  it("do not judge it by what came while we did not read, nor by the moment after", () => {
    const { seen, rounds } = watched();
    seen.listening = false;
    rounds(20);
    seen.listening = true;
    rounds(1);
    expect(seen.lost).toBe(0);
    rounds(2);
    expect(seen.lost).toBe(1);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { gathering } from "./gather.ts";

describe("gathering events for a batch", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** Longest wait, ms, when so many events a second pass evenly for a second. */
  function longestAt(perSecond: number): number {
    const { passed, rest } = gathering(15);
    let longest = 0;
    for (let n = 0; n < perSecond; n++) {
      longest = Math.max(longest, rest());
      passed(1);
      jest.advanceTimersByTime(1000 / perSecond);
    }
    return longest;
  }

  it("makes nothing wait in a trickle, and what comes too soon in a stream", () => {
    expect(longestAt(250)).toBe(0);
    expect(longestAt(500)).toBe(13);
  });

  it("counts from the last batch, and is a trickle again soon after a stream", () => {
    const { passed, rest } = gathering(40);
    passed(100);
    expect(rest()).toBe(40);
    jest.advanceTimersByTime(30);
    expect(rest()).toBe(10);
    jest.advanceTimersByTime(30);
    passed(1);
    expect(rest()).toBe(40);
    jest.advanceTimersByTime(200);
    passed(1);
    expect(rest()).toBe(0);
  });
});

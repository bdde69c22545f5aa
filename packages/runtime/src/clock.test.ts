import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { databaseClock, systemClock } from "./clock.ts";

const NOON = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

describe("the clock of a service", () => {
  beforeEach(() => void jest.useFakeTimers({ now: NOON - 5_000 }));
  afterEach(() => void jest.useRealTimers());

  it("begins with the database's time and goes on with time elapsed", async () => {
    await using clock = await databaseClock(async () => NOON);
    expect(clock.now()).toBe(NOON);
    jest.advanceTimersByTime(1_234);
    expect(clock.now()).toBe(NOON + 1_234);
    expect(systemClock()).toBe(NOON - 5_000 + 1_234);
  });

  it.each([-3_600_000, 86_400_000])("does not move when the wall clock is stepped by %i ms", async (step) => {
    await using clock = await databaseClock(async () => NOON);
    jest.setSystemTime(Date.now() + step);
    jest.advanceTimersByTime(10);
    expect(clock.now()).toBe(NOON + 10);
  });

  it("follows the database each minute, also after a reading that failed", async () => {
    const readings = [NOON, Error("away"), NOON + 2 * MINUTE + 7];
    const read = async () => {
      const next = readings.shift() ?? NOON;
      if (next instanceof Error) throw next;
      return next;
    };
    await using clock = await databaseClock(read);
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(clock.now()).toBe(NOON + MINUTE);
    await jest.advanceTimersByTimeAsync(MINUTE);
    expect(clock.now()).toBe(NOON + 2 * MINUTE + 7);
  });

  it("takes the middle of a reading's journey, and a slow one not at all", async () => {
    const after = (ms: number, time: number) => new Promise<number>((resolve) => setTimeout(() => resolve(time), ms));
    const readings = [() => after(100, NOON), () => after(2_000, NOON + 999_999)];
    const opening = databaseClock(() => readings.shift()?.() ?? after(0, NOON));
    await jest.advanceTimersByTimeAsync(100);
    await using clock = await opening;
    expect(clock.now()).toBe(NOON + 50);
    await jest.advanceTimersByTimeAsync(MINUTE + 2_000);
    expect(clock.now()).toBe(NOON + 50 + MINUTE + 2_000);
  });

  it("does not start without the database's time, and asks no more once it is disposed", async () => {
    await expect(databaseClock(() => Promise.reject(new Error("away")))).rejects.toThrow("away");
    let asked = 0;
    const clock = await databaseClock(async () => {
      asked += 1;
      return NOON;
    });
    await clock[Symbol.asyncDispose]();
    await jest.advanceTimersByTimeAsync(10 * MINUTE);
    expect(asked).toBe(1);
  });
});

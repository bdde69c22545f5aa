import { describe, expect, it } from "@jest/globals";
import { exchangeClock } from "./clock.ts";

function given() {
  let at = 1_000_000;
  const lines: string[] = [];
  const line = (...said: unknown[]) => void lines.push(String(said.at(-1)));
  const clock = exchangeClock(() => at, { warn: line, info: line });
  /** The exchange is `ahead` ms of us and takes `tookMs` to say so. */
  const check = (ahead: number, tookMs = 10) =>
    clock.check(async () => {
      const theirs = at + tookMs / 2 + ahead;
      at += tookMs;
      return theirs;
    });
  return { clock, check, lines };
}

describe("the clock of an exchange", () => {
  it("is taken as it is before it was asked, and while it is about right", async () => {
    const { clock, check, lines } = given();
    expect(clock.ours(5_000)).toBe(5_000);
    for (const ahead of [0, 1_900, -1_900]) {
      await check(ahead);
      expect(clock.ours(5_000)).toBe(5_000);
    }
    expect(lines).toEqual([]);
  });

  it("is corrected where it is wrong, and said once", async () => {
    const { clock, check, lines } = given();
    for (let n = 0; n < 3; n++) await check(-63_000);
    expect(clock.ours(5_000)).toBe(68_000);
    await check(30_000);
    expect(clock.ours(35_000)).toBe(5_000);
    await check(0);
    expect(clock.ours(5_000)).toBe(5_000);
    expect(lines.map((text) => text.slice(0, 28))).toEqual([
      "the PBX's clock is wrong: it",
      "the PBX's clock is wrong: it",
      "the PBX's clock is right aga",
    ]);
  });

  it("stays as it was last known by an answer that failed, came late or is no time", async () => {
    const { clock, check } = given();
    await check(-63_000);
    await check(0, 6_000);
    await clock.check(() => Promise.reject(new Error("not connected")));
    await clock.check(async () => Number.NaN);
    expect(clock.ours(5_000)).toBe(68_000);
  });
});

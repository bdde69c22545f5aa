import { describe, expect, it } from "@jest/globals";
import { clock, dateOf, elapsed, moment, secondsOf, startOfDay } from "./time.ts";

const ZONE = "Asia/Shanghai";
const at = (text: string) => Date.parse(text);

describe("times on the screen", () => {
  it("count minutes and seconds, then hours, and never below zero", () => {
    expect([0, 7_400, 65_000, 3_723_000, -5_000].map(elapsed)).toEqual(["0:00", "0:07", "1:05", "1:02:03", "0:00"]);
  });

  it("are the same seconds in a file as on the screen", () => {
    expect([0, 999, 7_500, 7_999, -5_000].map(secondsOf)).toEqual([0, 0, 7, 7, 0]);
    expect([7_500, 7_999].map(elapsed)).toEqual(["0:07", "0:07"]);
  });

  it("say the day only when it is another one in the reader's zone", () => {
    const now = at("2026-11-22T01:00:00Z");
    expect(moment(at("2026-11-21T17:05:00Z"), now, "en", ZONE)).toBe("01:05");
    expect(moment(at("2026-11-21T15:05:00Z"), now, "en", ZONE)).toBe("11/21, 23:05");
    expect(moment(at("2026-11-21T15:05:00Z"), now, "zh-CN", ZONE)).toBe("11/21 23:05");
    expect(moment(at("2025-11-21T15:05:00Z"), now, "zh-CN", ZONE)).toBe("2025/11/21 23:05");
  });

  it("know the date in the reader's zone", () => expect(dateOf(at("2026-11-21T16:05:00Z"), ZONE)).toBe("2026-11-22"));

  it("know seconds, and midnight as 00", () => {
    expect(clock(at("2026-11-21T16:00:09Z"), "en", ZONE)).toBe("00:00:09");
  });

  it("find the first instant of the reader's day", () => {
    const start = startOfDay(at("2026-11-22T13:45:10Z"));
    expect(new Date(start).getHours() + new Date(start).getMinutes()).toBe(0);
    expect(at("2026-11-22T13:45:10Z") - start).toBeLessThan(24 * 3_600_000);
  });
});

import { describe, expect, it } from "@jest/globals";
import { type BusinessCalendar, checkCalendar, type Span } from "./index.ts";

const day: Span[] = [{ from: "09:00", to: "17:00" }];
const night: Span[] = [{ from: "22:00", to: "06:00" }];
const good: BusinessCalendar = {
  timeZone: "Asia/Shanghai",
  week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: [], 7: [] },
  exceptions: { "2026-12-24": [] },
  holidays: "cn",
};
const week = (change: Partial<BusinessCalendar["week"]>) => checkCalendar({ ...good, week: { ...good.week, ...change } });
const exceptions = (exceptions: BusinessCalendar["exceptions"]) => checkCalendar({ ...good, exceptions });

describe("checking a calendar", () => {
  it("finds nothing wrong with a good one, night shifts and touching spans included", () => {
    expect(checkCalendar(good)).toEqual([]);
    const touching = [{ from: "06:00", to: "12:00" }, { from: "12:00", to: "22:00" }, ...night];
    expect(week({ 1: touching, 2: touching, 7: [{ from: "00:00", to: "24:00" }] })).toEqual([]);
  });

  it("says what to write for each malformed part, all of them at once", () => {
    const broken = {
      timeZone: "Mars/Olympus",
      week: { ...good.week, 1: [{ from: "9:00", to: "25:00" }], 2: [{ from: "24:00", to: "24:00" }], 3: undefined },
      exceptions: { "2026-02-30": day, "2026-03-01": "closed" },
      holidays: "de",
      makeUpDay: [null],
    } as unknown as BusinessCalendar;
    expect(checkCalendar(broken)).toEqual([
      'timeZone is "Mars/Olympus": write an IANA name like "Asia/Shanghai"',
      'week.1[0].from is "9:00": write HH:MM, 00:00 to 23:59',
      'week.1[0].to is "25:00": write HH:MM, 00:00 to 24:00',
      'week.2[0].from is "24:00": write HH:MM, 00:00 to 23:59',
      "week.3 is missing: give a list of spans, [] for a closed day",
      'exceptions has "2026-02-30": write an existing date as YYYY-MM-DD',
      "exceptions.2026-03-01 is missing: give a list of spans, [] for a closed day",
      "makeUpDay[0].from is undefined: write HH:MM, 00:00 to 23:59",
      "makeUpDay[0].to is undefined: write HH:MM, 00:00 to 24:00",
      'holidays is "de": write "cn" or "none"',
    ]);
  });

  it("names parts that are missing altogether", () => {
    expect(checkCalendar({} as BusinessCalendar)).toContain("exceptions is missing: give spans by date, {} for none");
  });

  it("finds spans that overlap within a day", () => {
    const overlapping = [
      { from: "13:00", to: "18:00" },
      { from: "09:00", to: "13:01" },
    ];
    const problem = "has spans that overlap at 13:00: join them or move one";
    expect(week({ 2: overlapping })).toEqual([`week.2 (Tuesday) ${problem}`]);
    expect(exceptions({ "2026-12-24": overlapping })).toEqual([`exceptions.2026-12-24 ${problem}`]);
    expect(checkCalendar({ ...good, makeUpDay: overlapping })).toEqual([`makeUpDay ${problem}`]);
  });

  it("finds a night span that reaches into the next day's spans, Sunday into Monday too", () => {
    const early = [{ from: "05:30", to: "12:00" }];
    expect(week({ 1: early, 7: night })).toEqual(["week.7 (Sunday) has a night span until 06:00 that overlaps 05:30 of week.1 (Monday)"]);
    const [found, ...more] = exceptions({ "2026-03-10": night, "2026-03-11": early });
    expect(found).toMatch(/^2026-03-10 has a night span until 06:00 that overlaps 05:30 of 2026-03-11/);
    expect(more).toEqual([]);
  });

  it("refuses a week without business time", () => {
    expect(week({ 1: [], 2: [], 3: [], 4: [], 5: [] })).toEqual(["week has no span: there would be no business time ever"]);
  });

  it("bounds the spans of a day, the exceptions and what it repeats of the input", () => {
    expect(week({ 1: Array.from({ length: 25 }, () => ({ from: "09:00", to: "10:00" })) })[0]).toMatch(/25 spans/);
    const dates = Array.from({ length: 4_001 }, (_, i) => [`x${i}`, []] as const);
    expect(exceptions(Object.fromEntries(dates))).toHaveLength(1);
    expect(checkCalendar({ ...good, timeZone: "x".repeat(1e6) })[0]?.length).toBeLessThan(120);
  });
});

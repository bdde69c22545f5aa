import { describe, expect, it } from "@jest/globals";
import { addBusinessMs, type BusinessCalendar, businessMsBetween, CHINA_HOLIDAY_YEARS, isOpen, nextOpen, spansOn } from "./index.ts";

const [MINUTE, HOUR] = [60_000, 3_600_000];
const day = [{ from: "09:00", to: "17:00" }];
const lunch = [
  { from: "09:00", to: "12:00" },
  { from: "13:30", to: "18:00" },
];

const office = (change: Partial<BusinessCalendar> = {}): BusinessCalendar => ({
  timeZone: "Asia/Shanghai",
  week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: [], 7: [] },
  exceptions: {},
  holidays: "none",
  ...change,
});
const everyDay = (spans: BusinessCalendar["week"][1], change: Partial<BusinessCalendar> = {}) =>
  office({ week: { 1: spans, 2: spans, 3: spans, 4: spans, 5: spans, 6: spans, 7: spans }, ...change });

/** "2026-02-13 16:30" on the wall clock of Shanghai, or an instant with its own offset. */
const at = (text: string): number => Temporal.Instant.from(text.includes("T") ? text : `${text.replace(" ", "T")}+08:00`).epochMilliseconds;

describe("adding business time", () => {
  it("Friday 16:30 and one hour of 9 to 17 is Monday 9:30", () => {
    expect(addBusinessMs(office(), at("2026-03-06 16:30"), HOUR)).toBe(at("2026-03-09 09:30"));
  });

  it("work that fills a span is due at its end, not at the next opening", () => {
    expect(addBusinessMs(office(), at("2026-03-06 16:30"), 30 * MINUTE)).toBe(at("2026-03-06 17:00"));
  });

  it("adding nothing gives the instant itself, open or closed", () => {
    for (const from of [at("2026-03-06 16:30"), at("2026-03-07 03:00")]) expect(addBusinessMs(office(), from, 0)).toBe(from);
  });

  it("a lunch break does not count", () => {
    const calendar = everyDay(lunch);
    expect(addBusinessMs(calendar, at("2026-03-06 11:30"), HOUR)).toBe(at("2026-03-06 14:00"));
    expect(businessMsBetween(calendar, at("2026-03-06 00:00"), at("2026-03-07 00:00"))).toBe(7.5 * HOUR);
  });

  it("goes on for years where the calendar has little time", () => {
    const calendar = office({
      week: { 1: [{ from: "09:00", to: "09:01" }], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] },
    });
    expect(addBusinessMs(calendar, at("2026-03-02 00:00"), 500 * MINUTE)).toBe(at("2035-09-24 09:01"));
  });

  it("gives up with a clear error when no business time comes for 366 days, or for 20 years", () => {
    const never = office({ week: { 1: [], 2: [], 3: [], 4: [], 5: [], 6: [], 7: [] } });
    const error = expect.objectContaining({ kind: "rule_violated", code: "calendar_no_business_time" });
    expect(() => addBusinessMs(never, at("2026-03-06 16:30"), 1)).toThrow(error);
    expect(() => nextOpen(never, at("2026-03-06 16:30"))).toThrow(error);
    const tooLong = expect.objectContaining({ code: "calendar_range_too_long" });
    expect(() => addBusinessMs(office(), 0, 1e12)).toThrow(tooLong);
    expect(() => businessMsBetween(office(), 1_772_000_000, 1_772_000_000_000)).toThrow(tooLong);
  });
});

describe("night shifts", () => {
  const nights = everyDay([{ from: "22:00", to: "06:00" }]);

  it("a span that crosses midnight is open on both sides of it", () => {
    expect(isOpen(nights, at("2026-03-06 23:59"))).toBe(true);
    expect(isOpen(nights, at("2026-03-07 05:59"))).toBe(true);
    expect(isOpen(nights, at("2026-03-07 06:00"))).toBe(false);
    expect(addBusinessMs(nights, at("2026-03-06 23:00"), 8 * HOUR)).toBe(at("2026-03-07 23:00"));
  });

  it("belongs to the day on which it starts: closing the next day does not cut it", () => {
    const calendar = { ...nights, exceptions: { "2026-03-07": [] } };
    expect(isOpen(calendar, at("2026-03-07 05:00"))).toBe(true);
    expect(nextOpen(calendar, at("2026-03-07 06:00"))).toBe(at("2026-03-08 22:00"));
  });

  it("shifts of 23 hours are found whole at both ends of the world's zones", () => {
    for (const timeZone of ["Etc/GMT+12", "Pacific/Kiritimati"]) {
      const calendar = everyDay([{ from: "20:00", to: "19:00" }], { timeZone });
      expect(businessMsBetween(calendar, 0, 1_000 * 24 * HOUR)).toBe(1_000 * 23 * HOUR);
    }
  });

  it("around the clock is one stretch", () => {
    const allDay = everyDay([{ from: "00:00", to: "24:00" }]);
    expect(addBusinessMs(allDay, at("2026-03-06 16:30"), 1_000 * HOUR)).toBe(at("2026-03-06 16:30") + 1_000 * HOUR);
  });
});

describe("China's holidays", () => {
  const cn = office({ holidays: "cn" });

  it("the make-up Saturday before the Spring Festival 2026 is worked like a Monday", () => {
    expect(spansOn(cn, "2026-02-14")).toEqual(day);
    expect(addBusinessMs(cn, at("2026-02-13 16:30"), HOUR)).toBe(at("2026-02-14 09:30"));
  });

  it("the make-up day has its own spans where the calendar gives them", () => {
    const short = [{ from: "10:00", to: "12:00" }];
    expect(spansOn({ ...cn, makeUpDay: short }, "2026-02-14")).toEqual(short);
  });

  it("the holiday week is closed: from the make-up Saturday to the Tuesday nine days later", () => {
    expect(spansOn(cn, "2026-02-16")).toEqual([]);
    expect(nextOpen(cn, at("2026-02-14 17:00"))).toBe(at("2026-02-24 09:00"));
    expect(businessMsBetween(cn, at("2026-02-14 17:00"), at("2026-02-24 09:00"))).toBe(0);
  });

  it("the tenant's exceptions win over holidays and make-up days", () => {
    const calendar = { ...cn, exceptions: { "2026-02-14": [], "2026-02-16": lunch } };
    expect(spansOn(calendar, "2026-02-14")).toEqual([]);
    expect(nextOpen(calendar, at("2026-02-13 17:00"))).toBe(at("2026-02-16 09:00"));
  });

  it("a year that is not published yet follows the regular week", () => {
    const [holiday, year] = ["01-01", CHINA_HOLIDAY_YEARS.last];
    expect(spansOn(cn, `${year}-${holiday}`)).toEqual([]);
    const unpublished = [1, 2, 3, 4, 5, 6, 7].map((n) => spansOn(everyDay(day, { holidays: "cn" }), `${year + 1}-01-0${n}`));
    expect(unpublished).toEqual(unpublished.map(() => day));
  });
});

describe("clock changes", () => {
  const berlin = (from: string, to: string) => everyDay([{ from, to }], { timeZone: "Europe/Berlin" });
  const between = (calendar: BusinessCalendar, a: string, b: string) => businessMsBetween(calendar, at(a), at(b));

  it("a night shift is an hour shorter in spring and an hour longer in autumn", () => {
    const nights = berlin("22:00", "06:00");
    expect(between(nights, "2026-03-28T12:00+01:00", "2026-03-29T12:00+02:00")).toBe(7 * HOUR);
    expect(between(nights, "2026-10-24T12:00+02:00", "2026-10-25T12:00+01:00")).toBe(9 * HOUR);
  });

  it("opens and closes at the change where the wall clock skips the time", () => {
    expect(nextOpen(berlin("02:30", "10:00"), at("2026-03-29T00:00+01:00"))).toBe(at("2026-03-29T03:00+02:00"));
    expect(between(berlin("01:00", "02:30"), "2026-03-29T00:00+01:00", "2026-03-29T12:00+02:00")).toBe(HOUR);
    expect(between(berlin("02:15", "02:45"), "2026-03-29T00:00+01:00", "2026-03-29T12:00+02:00")).toBe(0);
  });

  it("opens and closes at the first of two times with the same name", () => {
    expect(nextOpen(berlin("02:30", "10:00"), at("2026-10-25T00:00+02:00"))).toBe(at("2026-10-25T02:30+02:00"));
    expect(between(berlin("01:00", "02:30"), "2026-10-25T00:00+02:00", "2026-10-25T12:00+01:00")).toBe(1.5 * HOUR);
  });

  it("9 to 17 stays 9 to 17 on the wall clock after the change", () => {
    const newYork = office({ timeZone: "America/New_York" });
    expect(addBusinessMs(newYork, at("2026-03-06T16:30-05:00"), HOUR)).toBe(at("2026-03-09T09:30-04:00"));
    expect(addBusinessMs(newYork, at("2026-10-30T16:30-04:00"), HOUR)).toBe(at("2026-11-02T09:30-05:00"));
  });
});

describe("between", () => {
  it("is negative backwards, and never minus zero", () => {
    expect(businessMsBetween(office(), at("2026-03-06 11:00"), at("2026-03-06 10:00"))).toBe(-HOUR);
    expect(businessMsBetween(office(), at("2026-03-07 11:00"), at("2026-03-07 10:00"))).toBe(0);
  });
});

describe("bad input", () => {
  const code = (code: string) => expect.objectContaining({ kind: "invalid", code });

  it("is refused with the code that says which argument", () => {
    for (const bad of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, 1e15, -1e13]) {
      expect(() => isOpen(office(), bad)).toThrow(code("calendar_instant_invalid"));
      expect(() => businessMsBetween(office(), 0, bad)).toThrow(code("calendar_instant_invalid"));
    }
    for (const bad of [-1, 0.5, Number.NaN]) {
      expect(() => addBusinessMs(office(), 0, bad)).toThrow(code("calendar_duration_invalid"));
    }
    for (const bad of ["2026-02-30", "26-02-03", "", "2026-02-03T00:00"]) {
      expect(() => spansOn(office(), bad)).toThrow(code("calendar_date_invalid"));
    }
    const broken = office({ timeZone: "Asia/Shangai", makeUpDay: [{ from: "9:00", to: "17:00" }] });
    expect(() => isOpen(broken, 0)).toThrow(code("calendar_invalid"));
    expect(() => isOpen(broken, 0)).toThrow(/Asia\/Shangai.*makeUpDay\[0\]\.from is "9:00"/);
  });
});

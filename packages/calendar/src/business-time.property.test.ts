import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { addBusinessMs, type BusinessCalendar, businessMsBetween, isOpen, nextOpen, type Span } from "./index.ts";
import { minuteOracle } from "./minute-oracle.test-support.ts";

const [MINUTE, DAY] = [60_000, 86_400_000];
const WINDOW_DAYS = 6;

/** Where wall clocks do something odd (with two days before it), and where a cached block of 32 days ends. */
const PLACES: readonly (readonly [zone: string, start: string])[] = [
  ["Asia/Shanghai", "2026-02-12T00:00Z"], // make-up Saturday, then the Spring Festival
  ["Asia/Shanghai", "2026-02-21T00:00Z"], // end of the festival, make-up Saturday
  ["Europe/Berlin", "2026-03-27T00:00Z"],
  ["Europe/Berlin", "2026-10-23T00:00Z"],
  ["America/New_York", "2026-03-06T00:00Z"],
  ["America/New_York", "2026-10-30T00:00Z"],
  ["America/Havana", "2026-03-06T00:00Z"], // the change is at midnight
  ["America/Havana", "2026-10-30T00:00Z"],
  ["Australia/Lord_Howe", "2026-04-03T00:00Z"], // the change is half an hour
  ["Pacific/Apia", "2011-12-28T00:00Z"], // 30 December 2011 does not exist
  ["Asia/Kathmandu", "2026-01-24T00:00Z"], // a block ends on the 27th
  ["Pacific/Kiritimati", "2026-01-24T00:00Z"], // 14 hours ahead, over a block's edge
  ["Etc/GMT+12", "2026-01-24T00:00Z"], // 12 hours behind, over a block's edge
];

const clock = fc.integer({ min: 0, max: 1_439 }).map((m) => `${two(m / 60)}:${two(m % 60)}`);
const span: fc.Arbitrary<Span> = fc.record({
  from: clock,
  to: fc.oneof({ weight: 9, arbitrary: clock }, fc.constant("24:00")),
});
const spans = fc.array(span, { maxLength: 3 });
const some = fc.array(span, { minLength: 1, maxLength: 2 });

/** Any calendar that opens at least once a week, with overlapping spans allowed, and six days of its time. */
const scene = fc.constantFrom(...PLACES).chain(([timeZone, startText]) => {
  const start = Temporal.Instant.from(startText).epochMilliseconds;
  const date = fc.integer({ min: -1, max: WINDOW_DAYS }).map((n) => isoDate(start + n * DAY));
  const calendar: fc.Arbitrary<BusinessCalendar> = fc.record(
    {
      timeZone: fc.constant(timeZone),
      week: fc.record({ 1: some, 2: spans, 3: spans, 4: spans, 5: spans, 6: spans, 7: spans }),
      exceptions: fc.dictionary(date, spans, { maxKeys: 2 }),
      holidays: fc.constantFrom("cn", "none"),
      makeUpDay: spans,
    },
    { requiredKeys: ["timeZone", "week", "exceptions", "holidays"] },
  );
  return fc.record({ calendar, start: fc.constant(start) });
});
const minute = fc.integer({ min: 0, max: WINDOW_DAYS * 1_440 });
const farMs = fc.integer({ min: -400 * DAY, max: 400 * DAY });

describe("against a minute-by-minute oracle", () => {
  it("agrees on every minute: open, between, the next opening and the due time", () => {
    fc.assert(
      fc.property(scene, minute, minute, ({ calendar, start }, x, y) => {
        const [a, b] = [Math.min(x, y), Math.max(x, y)];
        const open = minuteOracle(calendar, start, WINDOW_DAYS);
        const wrong = open.findIndex((value, i) => isOpen(calendar, start + i * MINUTE) !== value);
        expect(wrong).toBe(-1);

        const worked = open.slice(a, b).filter(Boolean).length;
        expect(businessMsBetween(calendar, start + a * MINUTE, start + b * MINUTE)).toBe(worked * MINUTE);

        const next = open.indexOf(true, a);
        if (next >= 0) expect(nextOpen(calendar, start + a * MINUTE)).toBe(start + next * MINUTE);
        if (worked > 0) {
          const due = open.lastIndexOf(true, b - 1) + 1;
          expect(addBusinessMs(calendar, start + a * MINUTE, worked * MINUTE)).toBe(start + due * MINUTE);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("laws", () => {
  it("between(a, c) = between(a, b) + between(b, c), in any order", () => {
    fc.assert(
      fc.property(scene, farMs, farMs, farMs, ({ calendar, start }, x, y, z) => {
        const [a, b, c] = [start + x, start + y, start + z];
        const sum = businessMsBetween(calendar, a, b) + businessMsBetween(calendar, b, c);
        expect(sum).toBe(businessMsBetween(calendar, a, c));
      }),
    );
  });

  it("between never exceeds the time on the clock and never runs backwards", () => {
    fc.assert(
      fc.property(scene, farMs, fc.nat(30 * DAY), ({ calendar, start }, x, length) => {
        const ms = businessMsBetween(calendar, start + x, start + x + length);
        expect(ms).toBeGreaterThanOrEqual(0);
        expect(ms).toBeLessThanOrEqual(length);
      }),
    );
  });

  it("between(from, add(from, ms)) = ms, and no earlier instant will do", () => {
    fc.assert(
      fc.property(scene, farMs, fc.integer({ min: 1, max: 3 * DAY }), ({ calendar, start }, x, ms) => {
        const due = addBusinessMs(calendar, start + x, ms);
        expect(businessMsBetween(calendar, start + x, due)).toBe(ms);
        expect(businessMsBetween(calendar, start + x, due - 1)).toBe(ms - 1);
      }),
    );
  });

  it("adding in two steps gives the same due time as adding at once", () => {
    fc.assert(
      fc.property(scene, farMs, fc.nat(2 * DAY), fc.integer({ min: 1, max: DAY }), ({ calendar, start }, x, m, n) => {
        const stepped = addBusinessMs(calendar, addBusinessMs(calendar, start + x, m), n);
        expect(stepped).toBe(addBusinessMs(calendar, start + x, m + n));
      }),
    );
  });

  it("a later start or more work is never due earlier", () => {
    fc.assert(
      fc.property(scene, farMs, fc.nat(DAY), fc.nat(2 * DAY), fc.nat(DAY), ({ calendar, start }, x, later, ms, more) => {
        const due = addBusinessMs(calendar, start + x, ms);
        expect(addBusinessMs(calendar, start + x + later, ms)).toBeGreaterThanOrEqual(due);
        expect(addBusinessMs(calendar, start + x, ms + more)).toBeGreaterThanOrEqual(due);
      }),
    );
  });

  it("the next opening is open, and nothing between is", () => {
    fc.assert(
      fc.property(scene, farMs, ({ calendar, start }, x) => {
        const open = nextOpen(calendar, start + x);
        expect(isOpen(calendar, open)).toBe(true);
        expect(businessMsBetween(calendar, start + x, open)).toBe(0);
      }),
    );
  });
});

function two(n: number): string {
  return String(Math.floor(n)).padStart(2, "0");
}

function isoDate(at: number): string {
  return Temporal.Instant.fromEpochMilliseconds(at).toString().slice(0, 10);
}

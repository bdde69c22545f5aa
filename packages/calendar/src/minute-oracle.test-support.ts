import type { BusinessCalendar, Span, Weekday } from "./index.ts";

const [MINUTE, DAY] = [60_000, 86_400_000];

/** The State Council's notice for early 2026, by hand, so that the oracle shares no data with the package. */
const HOLIDAYS = ["01-01", "01-02", "01-03", ...Array.from({ length: 9 }, (_, i) => `02-${15 + i}`), "04-04", "04-05", "04-06"];
const MAKE_UP = ["01-04", "02-14", "02-28"];
const OTHER_KNOWN = ["2011-12-31"]; // make-up Saturday, and the days of the year 2012 that the windows reach
const NEW_YEAR_2012 = ["2012-01-01", "2012-01-02", "2012-01-03"];

const clocks = new Map<string, readonly number[]>();

/**
 * Whether each minute from `start` on is business time, slowly: it looks at a clock on the wall once a minute and
 * remembers the latest reading, so that a repeated hour counts as already past and a skipped one as just reached.
 */
export function minuteOracle(calendar: BusinessCalendar, start: number, days: number): boolean[] {
  const key = `${calendar.timeZone} ${start} ${days}`;
  const latest = clocks.get(key) ?? latestReadings(calendar.timeZone, start, days);
  clocks.set(key, latest);
  const spans = new Map<number, readonly Span[]>();
  for (let day = Math.floor(start / DAY) - 4; day <= start / DAY + days + 4; day++) {
    spans.set(day * DAY, spansOf(calendar, day * DAY));
  }
  return latest.map((wall) => opensAt(spans, wall));
}

function latestReadings(timeZone: string, start: number, days: number): number[] {
  const readings: number[] = [];
  let latest = Number.NEGATIVE_INFINITY;
  for (let at = start - DAY; at < start + days * DAY; at += MINUTE) {
    const z = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
    latest = Math.max(latest, Date.UTC(z.year, z.month - 1, z.day, z.hour, z.minute));
    if (at >= start) readings.push(latest);
  }
  return readings;
}

function opensAt(spans: ReadonlyMap<number, readonly Span[]>, wall: number): boolean {
  const midnight = Math.floor(wall / DAY) * DAY;
  return [midnight, midnight - DAY].some((day) =>
    (spans.get(day) ?? []).some(({ from, to }) => {
      const [start, end] = [day + clockMs(from), day + clockMs(to)];
      return start <= wall && wall < (end <= start ? end + DAY : end);
    }),
  );
}

function spansOf(calendar: BusinessCalendar, day: number): readonly Span[] {
  const date = new Date(day).toISOString().slice(0, 10);
  const exception = calendar.exceptions[date];
  if (exception !== undefined) return exception;
  const in2026 = date.startsWith("2026-") ? date.slice(5) : "";
  if (calendar.holidays === "cn") {
    if (HOLIDAYS.includes(in2026) || NEW_YEAR_2012.includes(date)) return [];
    if (MAKE_UP.includes(in2026) || OTHER_KNOWN.includes(date)) return calendar.makeUpDay ?? calendar.week[1];
  }
  return calendar.week[(new Date(day).getUTCDay() || 7) as Weekday];
}

function clockMs(clock: string): number {
  const [hours, minutes] = clock.split(":").map(Number) as [number, number];
  return (hours * 60 + minutes) * MINUTE;
}

export const DAY_MS = 86_400_000;
export const DAY_MINUTES = 1_440;

/** Open minutes of a date, counted from its 00:00 on the wall clock; `to` passes 1,440 when the span crosses midnight. */
export type WallSpan = { readonly from: number; readonly to: number };

const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Minutes since 00:00, or undefined when it is not `HH:MM`. */
export function minutesOf(clock: string): number | undefined {
  return CLOCK.test(clock) ? Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)) : undefined;
}

/** Days since 1970-01-01, or undefined when it is not an existing `YYYY-MM-DD`. */
export function epochDayOf(isoDate: string): number | undefined {
  if (!DATE.test(isoDate)) return undefined;
  try {
    return Temporal.PlainDate.from(isoDate).toZonedDateTime("UTC").epochMilliseconds / DAY_MS;
  } catch {
    return undefined;
  }
}

/** `YYYY-MM-DD` of a day number. */
export function isoDateOf(epochDay: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochDay * DAY_MS)
    .toString()
    .slice(0, 10);
}

/** ISO weekday of a day number (1970-01-01, day 0, was a Thursday). */
export function weekdayOf(epochDay: number): number {
  return ((((epochDay + 3) % 7) + 7) % 7) + 1;
}

import type { BusinessCalendar, Span, Weekday } from "./business-calendar.ts";
import { chinaDay } from "./china-holidays.ts";
import { DAY_MINUTES, isoDateOf, minutesOf, type WallSpan, weekdayOf } from "./wall-time.ts";

/** The spans that count on a date (days since 1970-01-01), as written: exceptions, else holidays, else the week. */
export function writtenSpansOn(calendar: BusinessCalendar, epochDay: number): readonly Span[] {
  const exception = exceptionOn(calendar, epochDay);
  if (exception !== undefined) return exception;
  const special = calendar.holidays === "cn" ? chinaDay(epochDay) : undefined;
  if (special === "holiday") return [];
  if (special === "make-up") return calendar.makeUpDay ?? calendar.week[1];
  return calendar.week[weekdayOf(epochDay) as Weekday];
}

/** The same in minutes of the wall clock. Only for a calendar without malformations. */
export function wallSpansOn(calendar: BusinessCalendar, epochDay: number): WallSpan[] {
  return writtenSpansOn(calendar, epochDay).map(toWallSpan);
}

/** A span that passes midnight ends after minute 1,440 of the day on which it starts. */
export function toWallSpan({ from, to }: Span): WallSpan {
  const [start, end] = [minutesOf(from), to === "24:00" ? DAY_MINUTES : minutesOf(to)];
  if (start === undefined || end === undefined) throw new TypeError(`a span ${from}-${to} passed the calendar's check`);
  return { from: start, to: end > start ? end : end + DAY_MINUTES };
}

function exceptionOn({ exceptions }: BusinessCalendar, epochDay: number): readonly Span[] | undefined {
  const date = isoDateOf(epochDay);
  return Object.hasOwn(exceptions, date) ? exceptions[date] : undefined;
}

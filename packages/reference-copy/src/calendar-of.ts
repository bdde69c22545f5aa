import type { BusinessCalendar, Span, Weekday } from "@trunkline/calendar";
import type { BusinessCalendar as CalendarMessage, TimeSpan } from "@trunkline/proto/workforce";

/** The calendar that a message tells of; a weekday that it does not name is closed. */
export function calendarOf({ timeZone, week, holidays, exceptions, makeUpDay }: CalendarMessage): BusinessCalendar {
  const spansOf = (weekday: Weekday) => spans(week.find((day) => day.weekday === weekday)?.spans ?? []);
  return {
    timeZone,
    week: { 1: spansOf(1), 2: spansOf(2), 3: spansOf(3), 4: spansOf(4), 5: spansOf(5), 6: spansOf(6), 7: spansOf(7) },
    exceptions: Object.fromEntries(exceptions.map((day) => [day.date, spans(day.spans)])),
    holidays: holidays === "cn" ? "cn" : "none",
    ...(makeUpDay.length > 0 ? { makeUpDay: spans(makeUpDay) } : {}),
  };
}

function spans(list: readonly TimeSpan[]): Span[] {
  return list.map(({ from, to }) => ({ from, to }));
}

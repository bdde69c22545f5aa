import type { BusinessCalendar, Span, Weekday } from "@trunkline/calendar";
import { on, type Subscription, topic } from "@trunkline/events";
import { CalendarEventSchema, type BusinessCalendar as CalendarMessage, type TimeSpan } from "@trunkline/proto/workforce";
import type { CalendarCopy } from "./calendar-copy.ts";

/** Keeps the copy up to date; one subscription of the service that holds it. */
export function onCalendarEvent({ calendars }: { readonly calendars: Pick<CalendarCopy, "put"> }): Subscription {
  return on(topic("workforce.calendar", CalendarEventSchema, true), async ({ event: { event }, id, sequence, scope }) => {
    const calendar = event.case === "changed" ? event.value.calendar : undefined;
    if (calendar) await calendars.put(scope.tenant, id, { calendar: toCalendar(calendar), sequence });
  });
}

/** A weekday that the message does not name is closed. */
export function toCalendar({ timeZone, week, holidays, exceptions, makeUpDay }: CalendarMessage): BusinessCalendar {
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

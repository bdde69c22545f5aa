import type { BusinessCalendar } from "@trunkline/calendar";
import { topic } from "@trunkline/events";
import { CalendarEventSchema } from "@trunkline/proto/workforce";
import type { StoreBackend } from "@trunkline/store";
import { calendarOf } from "./calendar-of.ts";
import { openReferenceCopy, type ReferenceCopy } from "./reference-copy.ts";

export type CalendarCopy = ReferenceCopy<{ readonly calendar: BusinessCalendar }>;

/** Workforce's business calendars, for whoever computes with them. */
export const openCalendarCopy = (backend: StoreBackend, waitMs: number): Promise<CalendarCopy> =>
  openReferenceCopy(backend, {
    name: "calendar_copies",
    topic: topic("workforce.calendar", CalendarEventSchema, true),
    keep: ({ event }) => (event.case && event.value.calendar ? { calendar: calendarOf(event.value.calendar) } : undefined),
    waitMs,
  });

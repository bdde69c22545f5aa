import { topic } from "@trunkline/events";
import { CalendarEventSchema } from "@trunkline/proto/workforce";
import type { AggregateStore, StoreBackend } from "@trunkline/store";
import type { Calendar, CalendarEvent } from "../domain/business-calendar.ts";
import { toMessage } from "./calendar-message.ts";

export const calendarTopic = topic("workforce.calendar", CalendarEventSchema, true);

export type CalendarStore = AggregateStore<Calendar, CalendarEvent>;

export const openCalendarStore = (backend: StoreBackend): Promise<CalendarStore> =>
  backend.aggregates<Calendar, CalendarEvent, typeof CalendarEventSchema>({
    name: "calendars",
    noun: "calendar",
    indexes: [{ tenant: 1, _id: 1 }],
    topic: calendarTopic,
    announce: ({ calendar }, at) => ({ type: "changed", at, calendar }),
    encode: (event, id) => ({ case: "changed", value: { calendar: toMessage({ id, calendar: event.calendar }) } }),
  });

import type { CalendarService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/calendar-message.ts";

export function getCalendar({ calendars }: Context): Handlers<typeof CalendarService>["getCalendar"] {
  return async ({ calendarId }, { tenant }) => ({ calendar: toMessage(await calendars.get(tenant, calendarId)) });
}

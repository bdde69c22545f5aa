import type { GetCalendarRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/calendar-message.ts";

export async function getCalendar({ calendars }: Context, { calendarId }: GetCalendarRequest, { tenant }: CallContext) {
  return { calendar: toMessage(await calendars.get(tenant, calendarId)) };
}

import type { CalendarService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/calendar-message.ts";

export function listCalendars({ calendars }: Context): Handlers<typeof CalendarService>["listCalendars"] {
  return async ({ pageSize, pageToken }, { tenant }) => {
    const page = await calendars.page(tenant, {}, { by: "_id", direction: 1, size: pageSize, token: pageToken });
    return { calendars: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}

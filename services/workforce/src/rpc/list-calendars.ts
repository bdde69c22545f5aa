import type { ListCalendarsRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/calendar-message.ts";

export async function listCalendars({ calendars }: Context, { pageSize, pageToken }: ListCalendarsRequest, { tenant }: CallContext) {
  const page = await calendars.page(tenant, {}, { by: "_id", direction: 1, size: pageSize, token: pageToken });
  return { calendars: page.items.map(toMessage), nextPageToken: page.nextToken };
}

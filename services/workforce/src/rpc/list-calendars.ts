import type { ListCalendarsRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/calendar-message.ts";

export async function listCalendars({ calendars }: Context, { pageSize, pageToken }: ListCalendarsRequest, { tenant }: CallContext) {
  const page = await calendars.page(tenant, {}, inOrder("_id", { pageSize, pageToken }));
  return { calendars: page.items.map(toMessage), nextPageToken: page.nextToken };
}

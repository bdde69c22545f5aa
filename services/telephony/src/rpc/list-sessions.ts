import type { ListSessionsRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import { newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./agent-session-message.ts";

export async function listSessions(context: Context, { pageSize, pageToken }: ListSessionsRequest, { tenant }: CallContext) {
  const page = await context.sessions.page(tenant, {}, newestFirst("stateSince", { pageSize, pageToken }));
  return { sessions: page.items.map((session) => toMessage(context, tenant, session)), nextPageToken: page.nextToken };
}

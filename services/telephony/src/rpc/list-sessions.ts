import type { ListSessionsRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./agent-session-message.ts";

export async function listSessions(context: Context, { pageSize, pageToken }: ListSessionsRequest, { tenant }: CallContext) {
  const page = await context.sessions.page(tenant, {}, { by: "stateSince", direction: -1, size: pageSize, token: pageToken });
  return { sessions: page.items.map((session) => toMessage(context, tenant, session)), nextPageToken: page.nextToken };
}

import type { AgentSessionService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./agent-session-message.ts";

export function listSessions(context: Context): Handlers<typeof AgentSessionService>["listSessions"] {
  return async ({ pageSize, pageToken }, { tenant }) => {
    const page = await context.sessions.page(tenant, {}, { by: "stateSince", direction: -1, size: pageSize, token: pageToken });
    return { sessions: page.items.map((session) => toMessage(context, tenant, session)), nextPageToken: page.nextToken };
  };
}

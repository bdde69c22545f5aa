import type { AgentSessionService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./agent-session-message.ts";

export function getMySession(context: Context): Handlers<typeof AgentSessionService>["getMySession"] {
  return async (_request, { tenant, principal }) => ({
    session: toMessage(context, tenant, await context.sessions.find(tenant, principal.id, context.now())),
  });
}

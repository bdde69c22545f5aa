import type { GetMySessionRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./agent-session-message.ts";

export async function getMySession(context: Context, _request: GetMySessionRequest, { tenant, principal }: CallContext) {
  return {
    session: toMessage(context, tenant, await context.sessions.find(tenant, principal.id, context.now())),
  };
}

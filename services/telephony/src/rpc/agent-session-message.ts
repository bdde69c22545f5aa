import { messageOf } from "@trunkline/proto";
import { AgentSessionSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";

export function toMessage({ agents }: Pick<Context, "agents">, tenant: string, session: AgentSession) {
  const { state, callId } = stateOf(session);
  const extension = agents.agent(tenant, session.id)?.extension ?? "";
  return messageOf(AgentSessionSchema, { ...session, employeeId: session.id, extension, state, callId });
}

import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { AgentSessionSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { type AgentSession, stateOf } from "../domain/agent-session.ts";

export function toMessage(
  { agents }: Pick<Context, "agents">,
  tenant: string,
  session: AgentSession,
): MessageInitShape<typeof AgentSessionSchema> {
  const { state, callId } = stateOf(session);
  return {
    employeeId: session.id,
    extension: agents.agent(tenant, session.id)?.extension ?? "",
    mode: session.mode,
    reason: session.reason,
    state,
    stateSince: timestampFromMs(session.stateSince),
    callId,
    unanswered: session.unanswered,
  };
}

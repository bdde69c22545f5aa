import { DomainError } from "@trunkline/errors";
import type { ForceModeRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeMode, goOffline, type Mode } from "../domain/agent-session.ts";
import { toMessage } from "./agent-session-message.ts";

export async function forceMode(context: Context, { employeeId, mode, reason }: ForceModeRequest, call: CallContext) {
  if (!context.agents.agent(call.tenant, employeeId))
    throw new DomainError("not_found", "agent_not_found", "there is no active employee with an extension of this id", { employeeId });
  const at = context.now();
  const wanted = { mode: mode as Mode, reason };
  const by = call.principal.id;
  const session = await context.sessions.change(call, employeeId, at, (current) =>
    mode === "offline" ? goOffline(current, "forced", at, by) : changeMode(current, wanted, at, by),
  );
  return { session: toMessage(context, call.tenant, session) };
}

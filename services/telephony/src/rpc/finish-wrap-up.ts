import type { FinishWrapUpRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkDisposition } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { handled, queueOf, reportWrapUp } from "../domain/wrap-up.ts";
import { toMessage } from "./call-message.ts";

export async function finishWrapUp(
  { calls, queues, connectors, now }: Context,
  { callId, disposition, note }: FinishWrapUpRequest,
  call: CallContext,
) {
  const { id, permissions } = call.principal;
  // A supervisor ends it for the agent.
  const agentOf = (state: Call) => (permissions.has("call.supervise") && !handled(state, id) ? state.employeeId : id);
  const finished = await calls.update(call, callId, (state) => {
    const { wrapUp } = queues.of(call.tenant, queueOf(state, agentOf(state)));
    return reportWrapUp(state, agentOf(state), { disposition: checkDisposition(wrapUp, disposition), note }, now());
  });
  return { call: toMessage(connectors, finished, call.principal) };
}

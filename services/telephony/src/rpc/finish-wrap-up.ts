import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkDisposition } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { handled, reportWrapUp } from "../domain/wrap-up.ts";
import { toMessage } from "./call-message.ts";

export function finishWrapUp({ calls, queues, connectors, now }: Context): Handlers<typeof CallService>["finishWrapUp"] {
  return async ({ callId, disposition, note }, call) => {
    const { queue } = await calls.get(call.tenant, callId);
    const said = { disposition: checkDisposition(queues.of(call.tenant, queue).wrapUp, disposition), note };
    const { id, permissions } = call.principal;
    // A supervisor ends it for the agent.
    const agentOf = (state: Call) => (permissions.has("call.supervise") && !handled(state, id) ? state.employeeId : id);
    const finished = await calls.update(call, callId, (state) => reportWrapUp(state, agentOf(state), said, now()));
    return { call: toMessage(connectors, finished, call.principal) };
  };
}

import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { finishWrapUp as finish } from "../domain/call.ts";
import { checkDisposition } from "../domain/call-queue.ts";
import { toMessage } from "./call-message.ts";

export function finishWrapUp({ calls, queues, connectors, now }: Context): Handlers<typeof CallService>["finishWrapUp"] {
  return async ({ callId, disposition }, call) => {
    const { queue } = await calls.get(call.tenant, callId);
    const supervises = call.principal.permissions.has("call.supervise");
    const checked = checkDisposition(queues.of(call.tenant, queue).wrapUp, disposition);
    return {
      call: toMessage(
        connectors,
        await calls.update(call, callId, (state) => finish(state, supervises ? state.employeeId : call.principal.id, checked, now())),
        call.principal,
      ),
    };
  };
}

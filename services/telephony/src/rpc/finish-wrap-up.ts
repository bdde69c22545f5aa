import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { finishWrapUp as finish } from "../domain/call.ts";
import { toMessage } from "./call-message.ts";

export function finishWrapUp({ calls, now }: Context): Handlers<typeof CallService>["finishWrapUp"] {
  return async ({ callId, disposition }, call) => ({
    call: toMessage(await calls.update(call, callId, (state) => finish(state, call.principal.id, disposition, now()))),
  });
}

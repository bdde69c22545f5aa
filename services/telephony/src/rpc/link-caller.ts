import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { identify } from "../domain/call.ts";
import { toMessage } from "./call-message.ts";

export function linkCaller({ calls, connectors, now }: Context): Handlers<typeof CallService>["linkCaller"] {
  return async ({ callId, customerId }, call) => ({
    call: toMessage(connectors, await calls.update(call, callId, (state) => identify(state, "sure", customerId, now())), call.principal),
  });
}

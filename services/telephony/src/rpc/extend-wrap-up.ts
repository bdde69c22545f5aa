import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CallService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { wrapUpUntil } from "../domain/call-state.ts";
import { extendWrapUp as extend } from "../domain/wrap-up.ts";

export function extendWrapUp({ calls }: Context): Handlers<typeof CallService>["extendWrapUp"] {
  return async ({ callId }, call) => {
    const extended = await calls.update(call, callId, (state) => extend(state, call.principal.id));
    const { until } = wrapUpUntil(extended, call.principal.id);
    return until === undefined ? {} : { until: timestampFromMs(until) };
  };
}

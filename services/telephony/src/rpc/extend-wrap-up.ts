import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { ExtendWrapUpRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { wrapUpUntil } from "../domain/call-state.ts";
import { extendWrapUp as extend } from "../domain/wrap-up.ts";

export async function extendWrapUp({ calls }: Context, { callId }: ExtendWrapUpRequest, call: CallContext) {
  const extended = await calls.update(call, callId, (state) => extend(state, call.principal.id));
  const { until } = wrapUpUntil(extended, call.principal.id);
  return until === undefined ? {} : { until: timestampFromMs(until) };
}

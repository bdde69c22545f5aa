import { end, finishWrapUp } from "./call.ts";
import { endOffer } from "./call-offers.ts";
import { type Call, type Decided, nothing, without } from "./call-state.ts";
import { releaseCallback } from "./queue-callback.ts";

/** What is due by itself: a wrap-up at its limit, an offer that nobody took, a call out that nobody heard of. */
export function expire(call: Call, at: number): Decided {
  if (call.nextDueAt === undefined || at < call.nextDueAt) return nothing(call);
  if (call.wrapUpSince !== undefined) return finishWrapUp(call, call.employeeId, call.defaultDisposition ?? "not_given", call.nextDueAt);
  if (call.state === "dialling") return end(call, 0, call.nextDueAt);
  if (call.callback?.callId !== undefined) return releaseCallback(call, call.callback.callId, at);
  const lapsed = call.offers.find(({ ended, expiresAt }) => ended === "" && expiresAt !== undefined && expiresAt <= at);
  return lapsed ? endOffer(call, lapsed, "no_answer", at) : { state: without(call, ["nextDueAt"]), events: [] };
}

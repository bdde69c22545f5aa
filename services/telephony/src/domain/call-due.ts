import { end, wrapUpIsOver } from "./call.ts";
import { endOffer } from "./call-offers.ts";
import { type Call, type Decided, nothing, without } from "./call-state.ts";
import { releaseCallback } from "./queue-callback.ts";

/** What is due by itself: an offer that nobody took, a call out that nobody heard of. */
export function expire(call: Call, at: number): Decided {
  if (call.nextDueAt === undefined || at < call.nextDueAt) return nothing(call);
  const { wrapUpSince } = call as Call & Earlier;
  if (wrapUpSince !== undefined) return expireWrapUps(withWrapping(call), at);
  if (call.state === "dialling") return end(call, 0, call.nextDueAt);
  if (call.callback?.callId !== undefined) return releaseCallback(call, call.callback.callId, at);
  // The exchange tells how each ring ended: one of which it told nothing came to no phone that it knows, and is nothing that the agent missed.
  const lapsed = call.offers.find(({ ended, expiresAt }) => ended === "" && expiresAt !== undefined && expiresAt <= at);
  return lapsed ? endOffer(call, lapsed, "failed", at) : { state: without(call, ["nextDueAt"]), events: [] };
}

/** As releases before `wrapping` kept the one after-call work that a call could have. */
type Earlier = { readonly wrapUpSince?: number; readonly defaultDisposition?: string };

function withWrapping(call: Call & Earlier): Call {
  const { wrapUpSince: since = 0, defaultDisposition = "not_given", nextDueAt: until = since, wrapping = [], ...rest } = call;
  return { ...rest, wrapping: [...wrapping, { employeeId: call.employeeId, since, until, defaultDisposition }] };
}

/** Every after-call work at its limit ends. */
export function expireWrapUps(call: Call, at: number): Decided {
  const due = (call.wrapping ?? []).filter(({ until }) => until <= at);
  return due.reduce<Decided>(({ state, events }, { employeeId, until }) => {
    const step = wrapUpIsOver(state, employeeId, until);
    return { state: step.state, events: [...events, ...step.events] };
  }, nothing(call));
}

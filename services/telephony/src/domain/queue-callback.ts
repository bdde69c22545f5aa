import { DomainError } from "@trunkline/errors";
import { leaveQueue } from "./call.ts";
import type { CallQueue } from "./call-queue.ts";
import { type Call, type Decided, nothing, type QueueCallback, waitsSince, without } from "./call-state.ts";

/** A caller who hangs up and is called back at their turn: the call that they made keeps the place, each call back is one of its own. */

/** Longer than any call back lasts that nobody hears of. */
const LOST_MS = 180_000;
/** What kept us from dialling is looked at again after this. */
const AGAIN_MS = 10_000;
/** Who was asked and did not take the call back; nobody called the customer. */
const AGENT_MISSED = new Set(["no_answer", "busy", "rejected", "unavailable", "failed"]);

/** Nobody who hides the number can be called back. */
export function canKeepPlace({ callback }: Pick<CallQueue, "callback">, { routed, direction, numberKind }: Call): boolean {
  return callback !== undefined && routed && direction === "inbound" && numberKind === "known";
}

export function keepPlace(call: Call, at: number): Decided {
  if (call.state !== "queued" || call.outcome !== "") return nothing(call);
  const left = leaveQueue(call, "place_kept", Math.max(0, at - waitsSince(call)), at);
  const kept = changed(left.state, { state: "waiting", attempts: 0, nextAt: at }, at);
  return { state: kept.state, events: [...left.events, ...kept.events] };
}

const waitsForCallback = ({ callback }: Call, at: number) => callback?.state === "waiting" && callback.nextAt <= at;

/** Whoever writes this dials. @throws rule_violated call_not_waiting */
export function claimCallback(call: Call, callId: string, at: number): Decided {
  if (!call.callback || !waitsForCallback(call, at))
    throw new DomainError("rule_violated", "call_not_waiting", "the caller does not wait to be called back any more");
  return changed({ ...call, nextDueAt: at + LOST_MS }, { ...call.callback, state: "dialling", callId }, at);
}

/** The kept place while this call back is being made for it. */
function placeOf({ callback }: Call, callId: string): QueueCallback | undefined {
  return callback?.state === "dialling" && callback.callId === callId ? callback : undefined;
}

/** Nobody was dialled: the place is kept, and the turn comes again. */
export function releaseCallback(call: Call, callId: string, at: number): Decided {
  const callback = placeOf(call, callId);
  if (!callback) return nothing(call);
  return changed(without(call, ["nextDueAt"]), { state: "waiting", attempts: callback.attempts, nextAt: at + AGAIN_MS }, at);
}

/** This caller is never called by us: it is a task for a person from here on. */
export function giveUpCallback(call: Call, callId: string, at: number): Decided {
  const callback = placeOf(call, callId);
  if (!callback) return nothing(call);
  return changed(without(call, ["nextDueAt"]), { ...callback, state: "given_up" }, at);
}

/** The call back is over. One that no agent took does not count as an attempt. */
export function settleCallback(call: Call, made: Call, { callback: settings }: Pick<CallQueue, "callback">, at: number): Decided {
  const callback = placeOf(call, made.id);
  if (!callback) return nothing(call);
  const settled = without(call, ["nextDueAt"]);
  // Also when they were handed on then, and gave up.
  if (made.outcome === "answered" || made.answeredAt !== undefined) return changed(settled, { ...callback, state: "reached" }, at);
  if (made.offers.some(({ ended }) => AGENT_MISSED.has(ended))) return releaseCallback(call, made.id, at);
  const attempts = callback.attempts + 1;
  const left = settings !== undefined && attempts < settings.attempts;
  if (!left) return changed(settled, { ...callback, state: "given_up", attempts }, at);
  return changed(settled, { state: "waiting", attempts, nextAt: at + settings.gapMs }, at);
}

/** The customer has called again and was answered: by then this place was kept already, or it is a later wish. */
export function dropCallback(call: Call, answeredAt: number, at: number): Decided {
  if (call.callback?.state !== "waiting" || waitsSince(call) >= answeredAt) return nothing(call);
  return changed(call, { ...call.callback, state: "reached" }, at);
}

function changed(call: Call | Omit<Call, "nextDueAt">, callback: QueueCallback, at: number): Decided {
  const { state, attempts, callId: callbackCallId = "" } = callback;
  return { state: { ...call, callback }, events: [{ type: "queue_callback_changed", at, state, attempts, callbackCallId }] };
}

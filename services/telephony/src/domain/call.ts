import { DomainError } from "@trunkline/errors";
import type { CallEvent } from "./call-event.ts";
import { cancelRings, offerEnded, openOffer } from "./call-offers.ts";
import type { WrapUp } from "./call-queue.ts";
import {
  type Call,
  type Decided,
  endHold,
  type Handover,
  isRinging,
  isTalking,
  keepReports,
  nothing,
  type Quality,
  stopTalk,
  waitsSince,
  without,
  wrapUpOf,
} from "./call-state.ts";
import { keepRecording } from "./recording.ts";

/** A call out that the exchange says nothing about is over then. */
const DIAL_MS = 120_000;
const LEFT = new Set(["timeout", "callback", "place_kept", "closed"]);

const isOver = (call: Call) => call.state === "ended" || call.state === "wrap_up";

export type NewCall = Pick<
  Call,
  | "id"
  | "connectorId"
  | "linkedid"
  | "startedAt"
  | "queue"
  | "direction"
  | "routed"
  | "callerNumber"
  | "numberHash"
  | "numberKind"
  | "callerVerdict"
>;

const begun = (input: NewCall, at: number): Call => ({
  ...input,
  epoch: 0,
  state: "queued",
  outcome: "",
  certainty: "",
  customerId: "",
  grade: "",
  employeeId: "",
  disposition: "",
  offers: [],
  queuedAt: at,
  talkMs: 0,
  holdMs: 0,
});

/** A call out, by an agent or (without one) to a customer who then waits. It is dialled once, whatever crashes: see claimDialling. */
export function placeCall(input: NewCall & Pick<Call, "callbackOf">, employeeId: string, customerId: string, at: number): Decided {
  const { numberHash, connectorId } = input;
  const placed: Decided = {
    state: { ...begun(input, at), state: "dialling", employeeId, nextDueAt: at + DIAL_MS },
    events: [{ type: "placed", at, employeeId, numberHash, connectorId }],
  };
  if (customerId === "") return placed;
  const { state, events } = identify(placed.state, "sure", customerId, at);
  return { state, events: [...placed.events, ...events] };
}

/** Whoever sets the mark dials. A crash afterwards leaves a call that nobody reached, never one that is dialled twice. */
export function claimDialling(call: Call, at: number): Decided & { readonly taken: boolean } {
  const taken = call.state === "dialling" && call.dialledAt === undefined;
  return { state: taken ? { ...call, dialledAt: at } : call, events: [], taken };
}

/**
 * The caller waits in this queue of the exchange: a customer whom we called back, at the place that they kept; or a call that comes from another
 * queue, or comes again, and counts there anew. Whoever handed it on wraps up meanwhile.
 */
export function joinQueue(call: Call, queue: string, wrapUp: WrapUp, at: number): Decided {
  if (call.state === "dialling") {
    if (call.callbackOf === undefined || call.employeeId !== "") return nothing(call);
    return { state: { ...without(call, ["nextDueAt"]), state: "queued", movedAt: at }, events: [] };
  }
  if (call.endedAt !== undefined || at <= (call.talkingSince ?? call.movedAt ?? call.queuedAt)) return nothing(call);
  const waits = call.outcome === "" && !isTalking(call);
  // Where we distribute, the queue of who waits is ours to change, and the exchange does not know it.
  if (waits && (call.routed || call.queue === queue)) return nothing(call);
  const released = release(call, call.employeeId, wrapUp, at);
  const { state, events } = cancelRings(released.state, at);
  const moved = movedTo({ ...state, state: "queued", outcome: "", handedOnAt: at }, queue, at);
  return { state: moved.state, events: [...released.events, ...events, ...moved.events] };
}

function movedTo(call: Call, toQueue: string, at: number): Decided {
  const { talkMs, holdMs, queue: fromQueue } = call;
  return { state: { ...call, queue: toQueue, movedAt: at }, events: [{ type: "moved", at, fromQueue, toQueue, talkMs, holdMs }] };
}

export function queueCall(input: NewCall, at: number): Decided {
  return {
    state: begun(input, at),
    events: [
      {
        type: "queued",
        at,
        queue: input.queue,
        numberHash: input.numberHash,
        numberKind: input.numberKind,
        connectorId: input.connectorId,
      },
    ],
  };
}

/** Customer's answer, or the record that the agent picked; a later better answer replaces a worse one. */
export function identify(call: Call, certainty: "sure" | "maybe" | "none", customerId: string, at: number, grade = ""): Decided {
  if (call.certainty === certainty && call.customerId === customerId) return nothing(call);
  if (call.certainty === "sure" && certainty !== "sure") return nothing(call);
  const identified: CallEvent = { type: "identified", at, certainty, customerId, previousCustomerId: call.customerId };
  return { state: { ...call, certainty, customerId, grade }, events: [identified] };
}

/** Who has talked to this caller before. */
export function prefer(call: Call, employeeId: string): Decided {
  return call.preferred === employeeId ? nothing(call) : { state: { ...call, preferred: employeeId }, events: [] };
}

/**
 * The agent picks up what we offered; decides who has the call.
 * @throws rule_violated offer_not_current
 */
export function accept(call: Call, offerId: string, at: number, targetMs = 0): Decided {
  // Asked again after a cut, the answer is the same.
  const mine = call.offers.find((one) => one.offerId === offerId && one.ended === "answered");
  if (mine && mine.employeeId === call.employeeId && isTalking(call)) return nothing(call);
  const open = openOffer(call, offerId);
  if (!open) throw new DomainError("rule_violated", "offer_not_current", "the call is offered to somebody else by now, or over");
  const since = call.callbackOf === undefined ? waitsSince(call) : (call.movedAt ?? call.queuedAt);
  return answer(call, open.extension, open.employeeId, Math.max(0, at - since), at, targetMs);
}

/**
 * An agent has the caller. Whoever else rang for the call is told that it is gone.
 * @param targetMs within which the queue wants its calls answered; 0: not known
 */
export function answer(call: Call, extension: string, employeeId: string, waitMs: number, at: number, targetMs = 0): Decided {
  const over = call.endedAt !== undefined || call.outcome === "abandoned";
  if (over || (isTalking(call) && call.employeeId === employeeId)) return nothing(call);
  const ringing = call.offers.filter((one) => isRinging(one) && one.extension !== extension);
  // Back at who still wraps up what they handed on: that is over with it.
  const back = wrapUpOf(call, employeeId) ? wrapUpIsOver(call, employeeId, at) : nothing(call);
  const cancelled = ringing.map((one) => offerEnded(one, "cancelled", at));
  return {
    state: {
      ...without(settled(keepReports(back.state, employeeId), at), ["nextDueAt"]),
      state: "talking",
      outcome: "answered",
      employeeId,
      offers: call.offers.map((one) => (isRinging(one) ? { ...one, ended: one.extension === extension ? "answered" : "cancelled" } : one)),
      answeredAt: call.answeredAt ?? at,
      talkingSince: at,
    },
    events: [...back.events, ...cancelled, { type: "answered", at, employeeId, waitMs, ...(targetMs > 0 ? { targetMs } : {}) }],
  };
}

export function hold(call: Call, at: number): Decided {
  if (call.state !== "talking") return nothing(call);
  return { state: { ...stopTalk(call, at), state: "held", heldSince: at }, events: [{ type: "held", at }] };
}

export function resume(call: Call, at: number): Decided {
  if (call.state !== "held") return nothing(call);
  return { state: endHold({ ...call, state: "talking", talkingSince: at }, at), events: [{ type: "resumed", at }] };
}

export function transfer(call: Call, kind: "blind" | "attended", toExtension: string, at: number): Decided {
  if (!isTalking(call)) return nothing(call);
  return { state: call, events: [{ type: "transferred", at, kind, fromEmployeeId: call.employeeId, toExtension }] };
}

const MAX_HANDOVERS = 10;

/** Written before the exchange is asked: whoever gets the call is to see it as the phone rings. */
export function noteHandover(call: Call, handover: Handover): Decided {
  return { state: { ...call, handovers: [...(call.handovers ?? []), handover].slice(-MAX_HANDOVERS) }, events: [] };
}

/** The exchange has refused it. */
export function forgetHandover(call: Call, { employeeId, at }: Handover): Decided {
  const handovers = (call.handovers ?? []).filter((one) => one.employeeId !== employeeId || one.at !== at);
  return { state: { ...call, handovers }, events: [] };
}

/** To which queue whoever talks wants to hand the call; undefined where they want nothing of the kind. */
export function handedTo(call: Call): string | undefined {
  const [wish, { employeeId }] = [call.handovers?.at(-1), call];
  const since = call.offers.findLast((one) => one.employeeId === employeeId && one.ended === "answered")?.at ?? 0;
  return isTalking(call) && wish?.employeeId === employeeId && wish.at > since ? wish.queue || undefined : undefined;
}

/** The agent is off the call: after-call work begins, as the queue has it, whoever has the caller then. */
export function release(call: Call, employeeId: string, { mode, limitMs, defaultDisposition }: WrapUp, at: number): Decided {
  if (!isTalking(call) || call.employeeId !== employeeId) return nothing(call);
  const wrapping = [...(call.wrapping ?? []), { employeeId, since: at, until: at + limitMs, defaultDisposition }];
  const state: Call = { ...settled(call, at), state: "wrap_up", wrapping };
  if (mode === "none") return finishWrapUp(state, employeeId, defaultDisposition, at);
  return { state, events: [{ type: "wrap_up_started", at, employeeId }] };
}

/** Talk and hold stop counting here. */
const settled = (call: Call, at: number): Call => endHold(stopTalk(call, at), at);

/** Ends the after-call work of one agent: by them with a disposition, or when its limit has passed. */
export function finishWrapUp(call: Call, employeeId: string, disposition: string, at: number): Decided {
  const mine = wrapUpOf(call, employeeId);
  if (!mine && call.employeeId !== employeeId)
    throw new DomainError("rule_violated", "not_your_call", "only the agent who handled the call can finish it");
  if (!mine) return nothing(call);
  const others = (call.wrapping ?? []).filter((one) => one !== mine);
  const kept: Call = others.length > 0 ? { ...call, wrapping: others } : without(call, ["wrapping"]);
  const state: Call = {
    ...kept,
    state: call.endedAt === undefined || others.length > 0 ? call.state : "ended",
    // The call's own result is that of whoever had it last.
    disposition: call.employeeId === employeeId ? disposition : call.disposition,
  };
  return { state, events: [{ type: "wrap_up_ended", at, employeeId, wrapUpMs: Math.max(0, at - mine.since), disposition }] };
}

/** Nobody said what it was about. */
export function wrapUpIsOver(call: Call, employeeId: string, at: number): Decided {
  return finishWrapUp(call, employeeId, wrapUpOf(call, employeeId)?.defaultDisposition ?? "not_given", at);
}

export function abandon(call: Call, waitMs: number, at: number): Decided {
  if (isOver(call) || call.outcome !== "") return nothing(call);
  const { state, events } = cancelRings(call, at);
  // Who was reached, and then handed on to a queue, gives up there as any caller.
  if (call.direction === "outbound" && call.answeredAt === undefined) return { state: { ...state, outcome: "not_reached" }, events };
  return { state: { ...state, outcome: "abandoned" }, events: [...events, { type: "abandoned", at, waitMs }] };
}

export function leaveQueue(call: Call, reason: string, waitMs: number, at: number): Decided {
  if (isOver(call) || call.outcome !== "") return nothing(call);
  const { state, events } = cancelRings(call, at);
  return {
    state: { ...state, outcome: "left_queue" },
    events: [...events, { type: "left_queue", at, reason: LEFT.has(reason) ? reason : "other", waitMs }],
  };
}

/** Overflow to another queue: the caller keeps the time that they have waited. */
export function moveToQueue(call: Call, queue: string, at: number): Decided {
  if (call.state !== "queued" || call.outcome !== "" || call.queue === queue) return nothing(call);
  return movedTo(call, queue, at);
}

/** What the exchange has just measured; the worst counts. */
export function measure(call: Call, { mos, lossPercent }: Quality): Decided {
  const { quality } = call;
  const worst = { mos: Math.min(mos, quality?.mos ?? mos), lossPercent: Math.max(lossPercent, quality?.lossPercent ?? 0) };
  if (call.endedAt !== undefined || (quality?.mos === worst.mos && quality.lossPercent === worst.lossPercent)) return nothing(call);
  return { state: { ...call, quality: worst }, events: [] };
}

/** The caller's line is down. A call that nobody answered and whose leaving we missed counts as abandoned. */
export function end(call: Call, cause: number, at: number): Decided {
  if (call.endedAt !== undefined) return nothing(call);
  const left = call.outcome === "" ? abandon(call, Math.max(0, at - waitsSince(call)), at) : cancelRings(call, at);
  const talking = isTalking(left.state);
  const closed = settled(left.state, at);
  const wrapping = closed.wrapping !== undefined;
  const kept = keepRecording(without(closed, ["nextDueAt"]), at);
  const disposition = talking ? "not_given" : call.disposition;
  const state: Call = { ...kept.state, endedAt: at, state: wrapping ? "wrap_up" : "ended", disposition };
  // Nobody told us that the agent was off the call before it ended: nothing is left to wrap up.
  const freed: CallEvent[] = talking ? [{ type: "wrap_up_ended", at, employeeId: call.employeeId, wrapUpMs: 0, disposition }] : [];
  const { talkMs, holdMs, quality } = state;
  return {
    state,
    events: [...left.events, ...freed, ...kept.events, { type: "ended", at, cause, talkMs, holdMs, mos: quality?.mos ?? 0 }],
  };
}

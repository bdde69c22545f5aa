import { DomainError } from "@trunkline/errors";
import type { CallEvent } from "./call-event.ts";
import type { WrapUp } from "./call-queue.ts";

/** One ring at one agent's phone. */
export type Offer = {
  readonly offerId: string;
  readonly employeeId: string;
  readonly extension: string;
  readonly at: number;
  /** Of an offer of ours: it lapses then. The exchange's own rings end when the exchange says so. */
  readonly expiresAt?: number;
  /** answered, no_answer, busy, rejected, cancelled, unavailable; empty while it rings. */
  readonly ended: string;
  readonly endedAt?: number;
  /** From the ring to the desktop's acknowledgement, ms. */
  readonly shownAfterMs?: number;
};

export type Call = {
  readonly id: string;
  readonly connectorId: string;
  readonly linkedid: string;
  /** On the exchange's clock; with the linkedid what the exchange knows the call by. */
  readonly startedAt: number;
  /** Of the connection's owner that wrote last. */
  readonly epoch: number;
  readonly queue: string;
  readonly direction: "inbound" | "outbound";
  /** We choose the agent; else the exchange does. */
  readonly routed: boolean;
  /** E.164 where it is a number, else as the exchange gave it; personal. */
  readonly callerNumber: string;
  /** Keyed hash of the E.164 number; empty when there is none. */
  readonly numberHash: string;
  readonly numberKind: "known" | "withheld" | "invalid";
  readonly state: "dialling" | "queued" | "ringing" | "talking" | "held" | "wrap_up" | "ended";
  readonly outcome: "" | "answered" | "abandoned" | "left_queue" | "not_reached";
  readonly certainty: "" | "sure" | "maybe" | "none";
  readonly customerId: string;
  /** Value grade of the caller, once known. */
  readonly grade: string;
  /** Who answered last. */
  readonly employeeId: string;
  readonly offers: readonly Offer[];
  readonly queuedAt: number;
  readonly dialledAt?: number;
  /** Since when in this queue, if it came from another one. */
  readonly movedAt?: number;
  readonly answeredAt?: number;
  readonly endedAt?: number;
  readonly heldSince?: number;
  readonly talkMs: number;
  readonly holdMs: number;
  readonly wrapUpSince?: number;
  /** Written when the wrap-up ends by itself. */
  readonly defaultDisposition?: string;
  readonly disposition: string;
  /** When something happens by itself: the wrap-up ends, or an offer of ours lapses. */
  readonly nextDueAt?: number;
};

export type Decided = { readonly state: Call; readonly events: readonly CallEvent[] };

const MAX_OFFERS = 100;
/** A call out that the exchange says nothing about is over then. */
const DIAL_MS = 120_000;
const LEFT = new Set(["timeout", "callback", "closed"]);
const MISSED = new Set(["no_answer", "busy", "rejected", "cancelled", "unavailable"]);

const nothing = (state: Call): Decided => ({ state, events: [] });
const isOver = (call: Call) => call.state === "ended" || call.state === "wrap_up";

export type NewCall = Pick<
  Call,
  "id" | "connectorId" | "linkedid" | "startedAt" | "queue" | "direction" | "routed" | "callerNumber" | "numberHash" | "numberKind"
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

/** An agent's own call out. It is dialled once, whatever crashes: see claimDialling. */
export function placeCall(input: NewCall, employeeId: string, customerId: string, at: number): Decided {
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
  return { state: { ...call, certainty, customerId, grade }, events: [{ type: "identified", at, certainty, customerId }] };
}

/** A phone rings. The same ring reported again (a resync) changes nothing. */
export function offer(call: Call, ring: Pick<Offer, "offerId" | "employeeId" | "extension">, at: number): Decided {
  // A caller who was handed on rings at the next agent while the first one still wraps up.
  if (call.endedAt !== undefined || call.offers.length >= MAX_OFFERS) return nothing(call);
  if (call.offers.some(({ offerId, extension, ended }) => offerId === ring.offerId || (extension === ring.extension && ended === "")))
    return nothing(call);
  const state: Call = {
    ...call,
    state: call.state === "queued" ? "ringing" : call.state,
    offers: [...call.offers, { ...ring, at, ended: "" }],
  };
  return { state, events: [{ type: "offered", at, ...ring }] };
}

/**
 * Our own offer, the first of the two writes: only while the call waits and rings at nobody.
 * @throws rule_violated call_not_waiting
 */
export function offerTo(call: Call, ring: Pick<Offer, "offerId" | "employeeId" | "extension">, expiresAt: number, at: number): Decided {
  if (call.state !== "queued" || call.outcome !== "" || call.endedAt !== undefined || call.offers.length >= MAX_OFFERS)
    throw new DomainError("rule_violated", "call_not_waiting", "the call does not wait for an agent any more", { state: call.state });
  const { state, events } = offer(call, ring, at);
  return {
    state: {
      ...state,
      nextDueAt: expiresAt,
      offers: state.offers.map((one) => (one.offerId === ring.offerId ? { ...one, expiresAt } : one)),
    },
    events,
  };
}

/**
 * The agent picks up what we offered; decides who has the call.
 * @throws rule_violated offer_not_current
 */
export function accept(call: Call, offerId: string, at: number): Decided {
  // Asked again after a cut, the answer is the same.
  const mine = call.offers.find((one) => one.offerId === offerId && one.ended === "answered");
  if (mine && mine.employeeId === call.employeeId && (call.state === "talking" || call.state === "held")) return nothing(call);
  const open = openOffer(call, offerId);
  if (!open) throw new DomainError("rule_violated", "offer_not_current", "the call is offered to somebody else by now, or over");
  return answer(call, open.extension, open.employeeId, Math.max(0, at - call.queuedAt), at);
}

const openOffer = ({ offers }: Call, offerId: string) => offers.find((one) => one.offerId === offerId && one.ended === "");

/** Ends the open offer at this phone, or the one with this id. */
export function endOffer(
  call: Call,
  which: { readonly extension: string } | { readonly offerId: string },
  reason: string,
  at: number,
): Decided {
  const open =
    "offerId" in which ? openOffer(call, which.offerId) : call.offers.find((one) => one.extension === which.extension && one.ended === "");
  if (!open) return "offerId" in which ? neverConnected(call, which.offerId, reason, at) : nothing(call);
  const offers = call.offers.map((one) => (one === open ? { ...one, ended: reason, endedAt: at } : one));
  const rings = offers.some(({ ended }) => ended === "");
  const back = call.state === "ringing" && !rings;
  const state: Call = { ...(back && call.routed ? without(call, ["nextDueAt"]) : call), offers, state: back ? "queued" : call.state };
  return { state, events: [offerEnded(open, MISSED.has(reason) ? reason : "cancelled", at)] };
}

/** The agent picked up and was gone before the two were connected: the caller waits on. */
function neverConnected(call: Call, offerId: string, reason: string, at: number): Decided {
  const mine = call.offers.find((one) => one.offerId === offerId && one.ended === "answered");
  const talking = call.state === "talking" || call.state === "held";
  if (!mine || !talking || !call.routed || mine.employeeId !== call.employeeId) return nothing(call);
  const offers = call.offers.map((one) => (one === mine ? { ...one, ended: reason, endedAt: at } : one));
  const waits = without(endHold(call, at), ["answeredAt"]);
  return {
    state: { ...waits, offers, state: "queued", outcome: "", employeeId: "" },
    events: [
      offerEnded(mine, MISSED.has(reason) ? reason : "cancelled", at),
      { type: "wrap_up_ended", at, employeeId: mine.employeeId, wrapUpMs: 0, disposition: "not_connected" },
    ],
  };
}

/**
 * The exchange shows that the caller waits and at which phones it rings: offers that no phone rings for are over, and whoever had
 * the caller has them no more. Offers younger than `before` may be on their way to the exchange.
 */
export function waitsOnExchange(call: Call, ringing: readonly string[], before: number, at: number): Decided {
  if (!call.routed) return nothing(call);
  const silent = call.offers.filter(({ ended, extension, at: since }) => {
    const held = ended === "" || (ended === "answered" && call.employeeId !== "");
    return held && since < before && !ringing.includes(extension);
  });
  return silent.reduce<Decided>(({ state, events }, { offerId }) => {
    const step = endOffer(state, { offerId }, "unavailable", at);
    return { state: step.state, events: [...events, ...step.events] };
  }, nothing(call));
}

function offerEnded({ employeeId, offerId }: Offer, reason: string, at: number): CallEvent {
  return { type: "offer_ended", at, employeeId, offerId, reason };
}

/** An agent has the caller. Whoever else rang for the call is told that it is gone. */
export function answer(call: Call, extension: string, employeeId: string, waitMs: number, at: number): Decided {
  const talking = call.state === "talking" || call.state === "held";
  if (call.state === "ended" || call.outcome === "abandoned" || (talking && call.employeeId === employeeId)) return nothing(call);
  const ringing = call.offers.filter(({ ended }) => ended === "");
  const offers = call.offers.map((one) =>
    one.ended !== "" ? one : { ...one, ended: one.extension === extension ? "answered" : "cancelled" },
  );
  const state: Call = {
    ...without(call, ["wrapUpSince", "nextDueAt"]),
    state: "talking",
    outcome: "answered",
    employeeId,
    offers,
    answeredAt: call.answeredAt ?? at,
  };
  const losers = ringing.filter((one) => one.extension !== extension);
  const cancelled = losers.map((one) => offerEnded(one, "cancelled", at));
  return { state, events: [...handedOn(call, at), ...cancelled, { type: "answered", at, employeeId, waitMs }] };
}

/** Whoever handed the call on has wrapped up by the time the next agent answers. */
function handedOn(call: Call, at: number): CallEvent[] {
  if (call.wrapUpSince === undefined && call.state !== "talking" && call.state !== "held") return [];
  const wrapUpMs = Math.max(0, at - (call.wrapUpSince ?? at));
  return [{ type: "wrap_up_ended", at, employeeId: call.employeeId, wrapUpMs, disposition: "transferred" }];
}

export function hold(call: Call, at: number): Decided {
  if (call.state !== "talking") return nothing(call);
  return { state: { ...call, state: "held", heldSince: at }, events: [{ type: "held", at }] };
}

export function resume(call: Call, at: number): Decided {
  if (call.state !== "held") return nothing(call);
  return { state: endHold({ ...call, state: "talking" }, at), events: [{ type: "resumed", at }] };
}

export function transfer(call: Call, kind: "blind" | "attended", toExtension: string, at: number): Decided {
  if (call.state !== "talking" && call.state !== "held") return nothing(call);
  return { state: call, events: [{ type: "transferred", at, kind, fromEmployeeId: call.employeeId, toExtension }] };
}

/** The agent is off the call: after-call work begins, as the queue has it. */
export function release(call: Call, employeeId: string, { mode, limitMs, defaultDisposition }: WrapUp, at: number): Decided {
  if ((call.state !== "talking" && call.state !== "held") || call.employeeId !== employeeId) return nothing(call);
  const state: Call = { ...settled(call, at), state: "wrap_up", wrapUpSince: at, defaultDisposition, nextDueAt: at + limitMs };
  if (mode === "none") return finishWrapUp(state, employeeId, defaultDisposition, at);
  return { state, events: [{ type: "wrap_up_started", at, employeeId }] };
}

/** Talk time without holds; both stop counting here. */
function settled(call: Call, at: number): Call {
  const closed = endHold(call, at);
  const connected = at - (call.answeredAt ?? at);
  return { ...closed, talkMs: Math.max(0, connected - closed.holdMs) };
}

function endHold(call: Call, at: number): Call {
  if (call.heldSince === undefined) return call;
  return { ...without(call, ["heldSince"]), holdMs: call.holdMs + Math.max(0, at - call.heldSince) };
}

/** Ends the after-call work: by the agent with a disposition, or when its limit has passed. */
export function finishWrapUp(call: Call, employeeId: string, disposition: string, at: number): Decided {
  if (call.wrapUpSince === undefined) return nothing(call);
  if (call.employeeId !== employeeId)
    throw new DomainError("rule_violated", "not_your_call", "only the agent who handled the call can finish it");
  const kept = without(call, ["wrapUpSince", "nextDueAt", "defaultDisposition"]);
  const state: Call = { ...kept, disposition, state: call.endedAt === undefined ? call.state : "ended" };
  return { state, events: [{ type: "wrap_up_ended", at, employeeId, wrapUpMs: Math.max(0, at - call.wrapUpSince), disposition }] };
}

/** What is due by itself: a wrap-up at its limit, an offer of ours that nobody took. */
export function expire(call: Call, at: number): Decided {
  if (call.nextDueAt === undefined || at < call.nextDueAt) return nothing(call);
  if (call.wrapUpSince !== undefined) return finishWrapUp(call, call.employeeId, call.defaultDisposition ?? "not_given", call.nextDueAt);
  if (call.state === "dialling") return end(call, 0, call.nextDueAt);
  const lapsed = call.offers.find(({ ended, expiresAt }) => ended === "" && expiresAt !== undefined && expiresAt <= at);
  return lapsed ? endOffer(call, lapsed, "no_answer", at) : { state: without(call, ["nextDueAt"]), events: [] };
}

export function abandon(call: Call, waitMs: number, at: number): Decided {
  if (isOver(call) || call.outcome !== "") return nothing(call);
  const { state, events } = cancelRings(call, at);
  if (call.direction === "outbound") return { state: { ...state, outcome: "not_reached" }, events };
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
  return { state: { ...call, queue, movedAt: at }, events: [{ type: "moved", at, fromQueue: call.queue, toQueue: queue }] };
}

function cancelRings(call: Call, at: number): Decided {
  const ringing = call.offers.filter(({ ended }) => ended === "");
  const offers = call.offers.map((one) => (one.ended === "" ? { ...one, ended: "cancelled" } : one));
  return {
    state: { ...call, offers },
    events: ringing.map((one) => offerEnded(one, "cancelled", at)),
  };
}

/** The caller's line is down. A call that nobody answered and whose leaving we missed counts as abandoned. */
export function end(call: Call, cause: number, at: number): Decided {
  if (call.endedAt !== undefined) return nothing(call);
  const left = call.outcome === "" ? abandon(call, Math.max(0, at - call.queuedAt), at) : cancelRings(call, at);
  const talking = left.state.state === "talking" || left.state.state === "held";
  const closed = talking ? settled(left.state, at) : left.state;
  const wrapping = closed.wrapUpSince !== undefined;
  const state: Call = { ...(wrapping ? closed : without(closed, ["nextDueAt"])), endedAt: at, state: wrapping ? "wrap_up" : "ended" };
  // Nobody told us that the agent was off the call before it ended: nothing is left to wrap up.
  const freed: CallEvent[] = talking
    ? [{ type: "wrap_up_ended", at, employeeId: call.employeeId, wrapUpMs: 0, disposition: call.defaultDisposition ?? "not_given" }]
    : [];
  return { state, events: [...left.events, ...freed, { type: "ended", at, cause, talkMs: state.talkMs, holdMs: state.holdMs }] };
}

/** The desktop said that the pop is on its screen; the first say counts. */
export function shown(call: Call, offerId: string, employeeId: string, at: number): Decided {
  const found = call.offers.find((one) => one.offerId === offerId && one.employeeId === employeeId);
  if (!found || found.shownAfterMs !== undefined) return nothing(call);
  const ringToShownMs = Math.max(0, at - found.at);
  const offers = call.offers.map((one) => (one === found ? { ...one, shownAfterMs: ringToShownMs } : one));
  return { state: { ...call, offers }, events: [{ type: "pop_shown", at, employeeId, ringToShownMs }] };
}

function without<K extends keyof Call>(call: Call, keys: readonly K[]): Omit<Call, K> {
  const copy: Partial<Call> = { ...call };
  for (const key of keys) delete copy[key];
  return copy as Omit<Call, K>;
}

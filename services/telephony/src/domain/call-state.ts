import type { CallEvent } from "./call-event.ts";

/** The sound of a call, which its exchange keeps under the call's id. */
export type Recording = {
  readonly state: "recording" | "paused" | "kept" | "kept_elsewhere" | "failed" | "deleted";
  readonly startedAt: number;
  readonly pausedMs: number;
  readonly pausedSince?: number;
  readonly keepDays: number;
  /** The exchange keeps it to itself, for as long as is decided there. */
  readonly elsewhere?: true;
  /** The last 100 who listened. */
  readonly listens: readonly { readonly employeeId: string; readonly at: number }[];
};

/** The place of a caller who is to be called back. */
export type QueueCallback = {
  readonly state: "waiting" | "dialling" | "reached" | "given_up";
  /** Calls that did not reach the customer. */
  readonly attempts: number;
  /** Not before this. */
  readonly nextAt: number;
  /** The call that is made, or was. */
  readonly callId?: string;
};

/** What the exchange measured; the worst while the call lasted. */
export type Quality = { readonly mos: number; readonly lossPercent: number };

/** Why an agent was offered a call: who came next, in which order, and what kept them out. */
export type OfferReason = {
  readonly strategy: string;
  readonly candidates: readonly {
    readonly employeeId: string;
    readonly rank: number;
    readonly failed: readonly string[];
    readonly score: number;
  }[];
};

/** One ring at one agent's phone. */
export type Offer = {
  readonly offerId: string;
  readonly employeeId: string;
  readonly extension: string;
  /** In which the call was then. */
  readonly queue?: string;
  readonly at: number;
  /** Of an offer of ours: it lapses then. The exchange's own rings end when the exchange says so. */
  readonly expiresAt?: number;
  /** answered, no_answer, busy, rejected, cancelled, unavailable, failed (it never came to the phone); empty while it rings. */
  readonly ended: string;
  readonly endedAt?: number;
  /** Since when whoever has the call asks this agent, who has picked up for that; the caller is not there. */
  readonly consultedAt?: number;
  /** Of an offer of ours; of the last ten a call had. */
  readonly reason?: OfferReason;
  /** From the ring to the desktop's acknowledgement, ms. */
  readonly shownAfterMs?: number;
};

/** What one of the agents who handled a call said of it, of the time that they had it. */
export type WrapUpReport = {
  readonly employeeId: string;
  readonly disposition: string;
  /** In their own words; personal. */
  readonly note: string;
  readonly at: number;
  /** They have had the call again since: it stays as it is. */
  readonly earlier?: true;
};

/** An agent wants to hand the call on, and says what the next one should know. */
export type Handover = {
  readonly employeeId: string;
  /** Where to; the other one is empty. */
  readonly extension: string;
  readonly queue: string;
  /** Personal. */
  readonly note: string;
  readonly at: number;
};

/** Somebody who handled the call writes down what it was about; the call may be with somebody else by then. */
export type WrappingUp = {
  readonly employeeId: string;
  readonly since: number;
  /** Ends by itself then, with the default. */
  readonly until: number;
  readonly defaultDisposition: string;
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
  /** What the caller's network says of the number. */
  readonly callerVerdict?: "full" | "partial" | "gateway" | "failed";
  readonly state: "dialling" | "queued" | "ringing" | "talking" | "held" | "wrap_up" | "ended";
  readonly outcome: "" | "answered" | "abandoned" | "left_queue" | "not_reached";
  readonly certainty: "" | "sure" | "maybe" | "none";
  readonly customerId: string;
  /** Who should get the call if they are free. */
  readonly preferred?: string;
  /** Value grade of the caller, once known. */
  readonly grade: string;
  /** Who answered last. */
  readonly employeeId: string;
  readonly offers: readonly Offer[];
  readonly queuedAt: number;
  readonly dialledAt?: number;
  /** Since when in this queue, if it came from another one. */
  readonly movedAt?: number;
  /** Since when they wait anew: whoever had them handed them to a queue. */
  readonly handedOnAt?: number;
  readonly answeredAt?: number;
  /** Since when the agent and the caller hear each other; not while on hold. `talkMs` is what was before. */
  readonly talkingSince?: number;
  readonly endedAt?: number;
  readonly heldSince?: number;
  readonly talkMs: number;
  readonly holdMs: number;
  /** One for each agent who has had the call and is not done with it. */
  readonly wrapping?: readonly WrappingUp[];
  readonly disposition: string;
  /** One for each time that an agent had the call and said something, at most 20. */
  readonly wrapUps?: readonly WrapUpReport[];
  /** At most ten, the last at the end. */
  readonly handovers?: readonly Handover[];
  /** When something happens by itself: an offer of ours lapses, or a call out that nobody hears of is over. */
  readonly nextDueAt?: number;
  readonly callback?: QueueCallback;
  /** The call whose place this one serves. */
  readonly callbackOf?: string;
  readonly quality?: Quality;
  readonly recording?: Recording;
  /** When the recording is to be deleted. */
  readonly recordingDueAt?: number;
};

export type Decided = { readonly state: Call; readonly events: readonly CallEvent[] };

export const nothing = (state: Call): Decided => ({ state, events: [] });
/** An agent has the caller, on hold or not. */
export const isTalking = ({ state }: Pick<Call, "state">) => state === "talking" || state === "held";
export const wrapUpOf = ({ wrapping = [] }: Call, employeeId: string) => wrapping.find((one) => one.employeeId === employeeId);

/** This agent has the caller, or still writes down what it was about, wherever the caller is by then. */
export const isInHandOf = (call: Call, employeeId: string) =>
  (isTalking(call) && call.employeeId === employeeId) || wrapUpOf(call, employeeId) !== undefined;

/** Everybody who has the call in hand. */
export const handsOf = (call: Call): readonly string[] => [
  ...(isTalking(call) ? [call.employeeId] : []),
  ...(call.wrapping ?? []).map(({ employeeId }) => employeeId),
];

/** This agent has the call, or is calling out. */
export const hasInHand = (call: Call, employeeId: string) =>
  isInHandOf(call, employeeId) || (call.state === "dialling" && call.employeeId === employeeId);

/** What the call is to this agent. */
export const stateFor = (call: Call, employeeId: string) => (wrapUpOf(call, employeeId) ? "wrap_up" : call.state);

/** When this agent's after-call work ends by itself. */
export function wrapUpUntil(call: Call, employeeId: string): { readonly until?: number } {
  const wrapUp = wrapUpOf(call, employeeId);
  return wrapUp ? { until: wrapUp.until } : {};
}

/** When the first after-call work ends by itself. */
export const wrapUpDueAt = ({ wrapping = [] }: Call) =>
  wrapping.length === 0 ? undefined : Math.min(...wrapping.map(({ until }) => until));

/**
 * Since when the caller waits: who comes to another queue of the exchange, or is handed to one of ours, waits there anew; who overflows to one of
 * ours keeps their time.
 */
export const waitsSince = ({ routed, queuedAt, movedAt, handedOnAt }: Call) => (routed ? handedOnAt : movedAt) ?? queuedAt;

/** What is rung for the call just now. */
export const isRinging = ({ ended }: Offer) => ended === "";

/** What an open offer is to its agent. */
export const ringState = ({ consultedAt }: Offer) => (consultedAt === undefined ? "ringing" : "consulting");

/** The phone that whoever has the caller of a call of ours rings or talks to meanwhile, to ask or to hand over; undefined while there is none. */
export const asksOf = (call: Call) => (call.routed && isTalking(call) ? call.offers.find(isRinging)?.extension : undefined);

/** What this agent said of the call counts for when they had it before. */
export function keepReports(call: Call, employeeId: string): Call {
  const { wrapUps } = call;
  if (!wrapUps?.some((one) => one.employeeId === employeeId)) return call;
  return { ...call, wrapUps: wrapUps.map((one) => (one.employeeId === employeeId ? { ...one, earlier: true } : one)) };
}

/** The two do not hear each other any more: on hold, or for good. */
export function stopTalk(call: Call, at: number): Call {
  if (call.talkingSince === undefined) return call;
  return { ...without(call, ["talkingSince"]), talkMs: call.talkMs + Math.max(0, at - call.talkingSince) };
}

/** Ends the hold; its time counts up to here. */
export function endHold(call: Call, at: number): Call {
  if (call.heldSince === undefined) return call;
  return { ...without(call, ["heldSince"]), holdMs: call.holdMs + Math.max(0, at - call.heldSince) };
}

export function without<K extends keyof Call>(call: Call, keys: readonly K[]): Omit<Call, K> {
  const copy: Partial<Call> = { ...call };
  for (const key of keys) delete copy[key];
  return copy as Omit<Call, K>;
}

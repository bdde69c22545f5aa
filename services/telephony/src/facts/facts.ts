import type { CallKey } from "../domain/line.ts";

/**
 * What a telephone exchange told us, in words no vendor owns: the contract between every connector and the rest of telephony.
 * A fact is something that happened on the exchange; it decides nothing. Numbers and names are as the exchange gave them, bounded and
 * without control characters; they are personal data: never log a whole fact.
 */

/** What is odd about the caller's number or name, so that nobody has to guess it again from the text. */
export type CallerFlag =
  /** The caller hides the number, or there is none: the number is "". */
  | "withheld"
  /** Something is there, but no telephone number. */
  | "not_a_number"
  /** Number or name had control characters or broken text, which were taken out. */
  | "cleaned"
  /** Number or name was longer than 64 characters and was cut. */
  | "cut";

/** Who calls, as the exchange reports it. */
export type Caller = {
  /** As dialled in, not normalised; "" when withheld. At most 64 characters. */
  readonly callerNumber: string;
  /** The network's display name, "" when there is none. At most 64 characters. */
  readonly callerName: string;
  readonly callerFlags: readonly CallerFlag[];
  /** The number or extension that was called. At most 64 characters. */
  readonly dialedNumber: string;
  /** Left out where the exchange says nothing of it. */
  readonly callerVerdict?: CallerVerdict;
};

/** What the caller's network says of the number (STIR/SHAKEN): its three levels of attestation, or that the signature is wrong. */
export type CallerVerdict = "full" | "partial" | "gateway" | "failed";

type Observed = {
  /** UTC epoch ms: the exchange's clock if it stamps its events, else when our connection received the event. */
  readonly at: number;
  /** Position on this connector, from 1, without gaps for as long as the process keeps the connector. */
  readonly seq: number;
};

type AboutCall = Observed & { readonly callKey: CallKey };

/** A caller waits in a queue. Comes again with the same key when the call moves to another queue. */
export type CallQueued = AboutCall &
  Caller & {
    readonly kind: "call_queued";
    readonly queue: string;
    /** From 1. */
    readonly position: number;
    /** Was handed on, and nobody took the call: they wait where they waited before. */
    readonly again?: true;
  };

/** The exchange would not let a caller into a queue (full, or nobody serves it): the caller never waited. */
export type CallRefused = AboutCall & Caller & { readonly kind: "call_refused"; readonly reason: LeaveReason };

/** Why a caller who was neither connected nor hung up is in the queue no more. */
export type LeaveReason = "timeout" | "full" | "no_agents" | "caller_choice" | "withdrawn" | "other";

/** How a call comes to an agent; "outbound" is the phone of an agent who calls out, and then the customer who answers. */
export type Via = "queue" | "transfer" | "outbound";

/** The offer that we made, on exchanges where we distribute. */
export type OfferId = string;

/** An agent's phone is being rung for this call. */
export type AgentOffered = AboutCall &
  Caller & {
    readonly kind: "agent_offered";
    readonly extension: string;
    /** "" when the ring came from a transfer. */
    readonly queue: string;
    readonly via: Via;
    readonly offerId?: OfferId;
    /** The exchange's own id of the phone's channel, by which a ring is known again after a cut; where it tells one. */
    readonly leg?: string;
  };

export type OfferEndReason =
  /** It rang until the exchange's limit. */
  | "no_answer"
  | "busy"
  /** The agent pressed reject. */
  | "rejected"
  /** The caller went away, or somebody else answered. */
  | "cancelled"
  /** The phone could not be reached (not registered, network): nothing the agent did. */
  | "unavailable";

export type AgentOfferEnded = AboutCall & {
  readonly kind: "agent_offer_ended";
  readonly extension: string;
  readonly reason: OfferEndReason;
  /** How long it rang, ms. */
  readonly ringMs: number;
  readonly offerId?: OfferId;
};

/** An agent whom the caller's own agent asks has picked up: the two hear each other, the caller hears neither. */
export type AgentConsulted = AboutCall & { readonly kind: "agent_consulted"; readonly extension: string; readonly offerId?: OfferId };

export type CallAnswered = AboutCall & {
  readonly kind: "call_answered";
  readonly extension: string;
  readonly queue: string;
  readonly via: Via;
  readonly offerId?: OfferId;
  /** From entering the queue (or from the transfer) to this answer, ms. */
  readonly waitMs: number;
  /** False: only known in whole seconds, because we did not see the caller enter. */
  readonly waitExact: boolean;
};

/** `extension` is "" when the far end (the caller) did it. */
export type CallHeld = AboutCall & { readonly kind: "call_held"; readonly extension: string };
export type CallResumed = AboutCall & { readonly kind: "call_resumed"; readonly extension: string };

export type CallTransferred = AboutCall & {
  readonly kind: "call_transferred";
  /** The extension that handed over, "" if unknown. */
  readonly from: string;
  /** The extension or number it went to, "" if unknown. */
  readonly to: string;
  readonly type: "blind" | "attended";
};

/** The agent is off this call (which may go on elsewhere): wrap-up begins. */
export type AgentReleased = AboutCall & {
  readonly kind: "agent_released";
  readonly extension: string;
  readonly reason: "caller_hung_up" | "agent_hung_up" | "transferred" | "other";
  /** From the answer to now, ms. */
  readonly talkMs: number;
};

/** The caller hung up while waiting. */
export type CallAbandoned = AboutCall & {
  readonly kind: "call_abandoned";
  readonly queue: string;
  /** From entering the queue, ms. */
  readonly waitMs: number;
  readonly waitExact: boolean;
};

export type CallLeftQueue = AboutCall & {
  readonly kind: "call_left_queue";
  readonly queue: string;
  readonly reason: LeaveReason;
  readonly waitMs: number;
};

/** A caller who waits has pressed a key. */
export type CallerPressed = AboutCall & { readonly kind: "caller_pressed"; readonly key: string };

/** The sound is not kept any more: the call is over, or the exchange could not go on. */
export type RecordingEnded = AboutCall & {
  readonly kind: "recording_ended";
  /** 0: nothing was kept. */
  readonly durationMs: number;
};

/** What the exchange measures of the caller's line, so far. */
export type CallQuality = AboutCall & {
  readonly kind: "call_quality";
  /** Mean opinion score, 1 to 5. */
  readonly mos: number;
  /** Packets lost on the way from the caller, of all. */
  readonly lossPercent: number;
};

/** The caller's line is down; nothing more comes for this key. */
export type CallEnded = AboutCall & {
  readonly kind: "call_ended";
  /** ITU-T Q.850 cause, 0 if unknown. */
  readonly causeCode: number;
  readonly causeText: string;
};

/** One agent's place in one queue, as the exchange sees it. */
export type QueueMember = {
  readonly queue: string;
  readonly extension: string;
  /** The exchange's own address of the phone, needed to pause or remove it there. */
  readonly interface: string;
  readonly paused: boolean;
  readonly reason: string;
};

/** The place is new, or was paused, or is no longer. */
export type MemberChanged = Observed & QueueMember & { readonly kind: "member_changed" };
export type MemberRemoved = Observed & {
  readonly kind: "member_removed";
  readonly queue: string;
  readonly extension: string;
  readonly interface: string;
};

export type SnapshotCall = Caller & {
  readonly callKey: CallKey;
  readonly phase: "waiting" | "talking" | "other";
  /** The queue it waits in or came from, "" if unknown. */
  readonly queue: string;
  /** Who talks to the caller, "" if nobody or unknown. */
  readonly extension: string;
  /** The extensions that ring for it. */
  readonly ringing: readonly string[];
  /** What those rings are known by, in that order; where the exchange tells it. */
  readonly rings?: readonly Pick<AgentOffered, "leg" | "offerId">[];
  /** From 1 while waiting, else 0. */
  readonly position: number;
  /** Waiting so far, ms (perhaps in whole seconds); 0 when not waiting. */
  readonly waitMs: number;
};

export type SnapshotQueue = { readonly queue: string; readonly waiting: number };

/**
 * What lives on the exchange now, after every (re)connect and on request. A call of ours whose linkedid is not in `liveLinkedids` ended while
 * nobody listened: its owner ends it. Facts with a higher `seq` are newer than the snapshot.
 */
export type Snapshot = Observed & {
  readonly kind: "snapshot";
  readonly liveLinkedids: readonly string[];
  /** Calls that are, or came through, a queue. */
  readonly calls: readonly SnapshotCall[];
  readonly queues: readonly SnapshotQueue[];
  readonly members: readonly QueueMember[];
};

export type PbxFact =
  | CallQueued
  | CallRefused
  | AgentOffered
  | AgentOfferEnded
  | AgentConsulted
  | CallAnswered
  | CallHeld
  | CallResumed
  | CallTransferred
  | AgentReleased
  | CallAbandoned
  | CallLeftQueue
  | CallEnded
  | CallerPressed
  | RecordingEnded
  | CallQuality
  | MemberChanged
  | MemberRemoved
  | Snapshot;

/** A fact before its connection numbered it. */
export type UnnumberedFact = PbxFact extends infer F ? (F extends PbxFact ? Omit<F, "seq"> : never) : never;

/** Longest text from the exchange that a fact carries (numbers, names, queues), in UTF-16 units. */
export const MAX_TEXT = 64;

/** The fact with its place on the connector. The union is distributed by hand: a fact without `seq`, and `seq`, is that fact. */
export function withSeq(fact: UnnumberedFact, seq: number): PbxFact {
  return { ...fact, seq } as PbxFact;
}

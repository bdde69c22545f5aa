import type { Purpose, SendChannel } from "./contact.ts";
import type { Reservation } from "./contact-permission.ts";

export const MESSAGE_STATES = [
  "queued",
  "sending",
  "sent",
  "delivered",
  "failed_retryable",
  "failed_final",
  "suppressed",
  "expired",
] as const;
export type MessageState = (typeof MESSAGE_STATES)[number];

/** What is needed to write and address the message; dropped as soon as it is not. */
export type Recipient = {
  readonly to: string;
  readonly name: string;
  readonly timeZone: string;
  readonly variables: Readonly<Record<string, string>>;
};

/** One row of the ledger: exactly one message to one person, in exactly one state. */
export type Message = {
  readonly id: string;
  /** Empty: a single message. */
  readonly batchId: string;
  readonly customerId: string;
  readonly channel: SendChannel;
  readonly purpose: Purpose;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly state: MessageState;
  /** Stable code: why it was suppressed or failed. */
  readonly reason: string;
  readonly attempts: number;
  /** Attempts whose outcome never became known and that were followed by another: each may have doubled the message. */
  readonly inDoubt: number;
  /** Answers that meant "later": the next attempt waits longer with each. */
  readonly deferrals: number;
  readonly queuedAt: number;
  readonly sentAt: number | undefined;
  readonly deliveredAt: number | undefined;
  readonly providerId: string;
  /** When the sender has to look at it: to send, to try again, or because the lease of an attempt has passed. */
  readonly nextDueAt: number | undefined;
  readonly expiresAt: number;
  readonly recipient: Recipient | undefined;
  /** Keyed hash of the address, to find whom a reply is from. */
  readonly recipientHash: string;
};

type Origin = { readonly batchId: string; readonly customerId: string; readonly channel: SendChannel; readonly purpose: Purpose };
export type MessageEvent = { readonly at: number } & (
  | ({ readonly type: "queued" } & Origin)
  | { readonly type: "sent"; readonly provider: string }
  | { readonly type: "delivered" }
  | { readonly type: "failed"; readonly reason: string; readonly retryable: boolean }
  | ({ readonly type: "suppressed"; readonly reason: string } & Origin)
  | { readonly type: "expired" }
);
export type Decided = { readonly state: Message; readonly events: readonly MessageEvent[] };

/** Limits of sending, milliseconds. */
export type SendPolicy = {
  /** Attempts whose outcome may stay unknown; all else is tried as long as the message is valid. */
  readonly maxDoubts: number;
  /** An attempt without a known outcome after this is in doubt, and another one may follow. Longer than any submit takes. */
  readonly leaseMs: number;
  /** Before the second attempt; doubles up to half an hour. */
  readonly retryMs: number;
};

export type NewMessage = Origin & {
  readonly id: string;
  readonly templateId: string;
  readonly templateVersion: number;
  readonly recipient: Recipient;
  readonly recipientHash: string;
  readonly expiresAt: number;
};

const MAX_RETRY_MS = 1_800_000;
const OUTCOME_UNKNOWN = "outcome_unknown";

/** A message waits to be sent; `refused` suppresses it from the start, quiet hours only let it wait. */
export function queueMessage(
  input: NewMessage,
  at: number,
  refused?: { readonly reason: string; readonly retryAt?: number | undefined },
): Decided {
  const waitsUntil =
    refused?.reason === "quiet_hours" && (refused.retryAt ?? input.expiresAt) < input.expiresAt ? refused.retryAt : undefined;
  const counters = { attempts: 0, inDoubt: 0, deferrals: 0 } as const;
  const blank = { ...counters, reason: "", queuedAt: at, sentAt: undefined, deliveredAt: undefined, providerId: "" } as const;
  if (refused && waitsUntil === undefined) {
    const state: Message = { ...input, ...blank, state: "suppressed", reason: refused.reason, nextDueAt: undefined, recipient: undefined };
    return { state, events: [{ type: "suppressed", at, reason: refused.reason, ...originOf(input) }] };
  }
  return {
    state: { ...input, ...blank, state: "queued", nextDueAt: waitsUntil ?? at },
    events: [{ type: "queued", at, ...originOf(input) }],
  };
}

/** Whether the sender may begin an attempt, or has to give one up, at this instant. */
function isDue(message: Message, at: number): boolean {
  return message.nextDueAt !== undefined && message.nextDueAt <= at;
}

/**
 * Takes the message for one attempt; written before the submit, so that a crash between submit and result is seen.
 * `taken` is false when somebody else has it, or when there is nothing left to try.
 */
export function claim(message: Message, at: number, policy: SendPolicy): Decided & { readonly taken: boolean } {
  if (!isDue(message, at)) return { state: message, events: [], taken: false };
  const unknown = message.state === "sending";
  if (unknown && (message.inDoubt + 1 >= policy.maxDoubts || at >= message.expiresAt))
    return { ...failed(message, OUTCOME_UNKNOWN, at), taken: false };
  // One of its attempts may have reached the person: that is not the same as never sent.
  if (at >= message.expiresAt && message.inDoubt > 0) return { ...failed(message, OUTCOME_UNKNOWN, at), taken: false };
  if (at >= message.expiresAt) return { ...closed(message, "expired", "validity_over", [{ type: "expired", at }]), taken: false };
  const inDoubt = message.inDoubt + (unknown ? 1 : 0);
  return {
    state: { ...message, state: "sending", attempts: message.attempts + 1, inDoubt, nextDueAt: at + policy.leaseMs },
    events: [],
    taken: true,
  };
}

/** The policy said no just before an attempt. */
export function refuse(message: Message, { refusedBy, retryAt }: Extract<Reservation, { allowed: false }>, at: number): Decided {
  if (!isDue(message, at)) return { state: message, events: [] };
  if (refusedBy === "quiet_hours" && retryAt !== undefined && retryAt < message.expiresAt)
    return { state: { ...message, nextDueAt: retryAt }, events: [] };
  // An attempt of which nobody knows may have reached the person: that is not the same as never sent.
  if (message.state === "sending") return failed(message, OUTCOME_UNKNOWN, at);
  return closed(message, "suppressed", refusedBy, [{ type: "suppressed", at, reason: refusedBy, ...originOf(message) }]);
}

/** It cannot be written for this person, whatever is tried. */
export function giveUp(message: Message, reason: string, at: number): Decided {
  if (!isDue(message, at)) return { state: message, events: [] };
  return failed(message, message.state === "sending" ? OUTCOME_UNKNOWN : reason, at);
}

/** Puts the message off because something of ours failed; an attempt that may be under way keeps its lease. */
export function defer(message: Message, until: number): Decided {
  if (message.nextDueAt === undefined || message.nextDueAt >= until) return { state: message, events: [] };
  return { state: { ...message, nextDueAt: until }, events: [] };
}

export function isTerminal({ state }: Pick<Message, "state">): boolean {
  return state === "delivered" || state === "failed_final" || state === "suppressed" || state === "expired";
}

/** It has ended, and no attempt of it can have reached the person. */
export function reachedNobody({ state, reason, inDoubt }: Message): boolean {
  return isTerminal({ state }) && state !== "delivered" && inDoubt === 0 && reason !== OUTCOME_UNKNOWN;
}

/** Nothing more happens to it here; the person's data goes. */
export function closed(
  message: Message,
  state: MessageState,
  reason: string,
  events: readonly MessageEvent[],
  more: Partial<Message> = {},
): Decided {
  return { state: { ...message, state, reason, nextDueAt: undefined, recipient: undefined, ...more }, events };
}

export function failed(message: Message, reason: string, at: number): Decided {
  return closed(message, "failed_final", reason, [{ type: "failed", at, reason, retryable: false }]);
}

/** After so many answers that meant "later". */
export function retryAt(deferrals: number, at: number, { retryMs }: SendPolicy): number {
  return at + Math.min(MAX_RETRY_MS, retryMs * 2 ** Math.min(deferrals, 20));
}

function originOf({ batchId, customerId, channel, purpose }: Origin): Origin {
  return { batchId, customerId, channel, purpose };
}

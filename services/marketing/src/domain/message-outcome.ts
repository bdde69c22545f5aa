import { closed, type Decided, failed, isTerminal, type Message, retryAt, type SendPolicy } from "./message.ts";

/**
 * The provider took it. That is a fact whatever we believed meanwhile: it also counts when the lease had passed and
 * another attempt was due; what is terminal or sent already stays.
 */
export function recordSent(
  message: Message,
  sent: { readonly provider: string; readonly providerId: string; readonly at: number },
): Decided {
  if (isTerminal(message) || message.state === "sent") return { state: message, events: [] };
  return closed(message, "sent", "", [{ type: "sent", at: sent.at, provider: sent.provider }], {
    sentAt: sent.at,
    providerId: sent.providerId,
  });
}

/** The attempt failed for certain: nothing reached the person. What may pass is tried until the message is no longer valid. */
export function recordFailure(
  message: Message,
  failure: {
    readonly reason: string;
    readonly retryable: boolean;
    /** It says nothing of this message: the next attempt waits no longer than this one did. */
    readonly ofSession?: boolean | undefined;
    readonly at: number;
  },
  policy: SendPolicy,
): Decided {
  if (message.state !== "sending") return { state: message, events: [] };
  const { reason, at, retryable, ofSession = false } = failure;
  if (!retryable) return failed(message, reason, at);
  const next = retryAt(ofSession ? 0 : message.deferrals, at, policy);
  return {
    state: {
      ...message,
      state: "failed_retryable",
      reason,
      deferrals: message.deferrals + (ofSession ? 0 : 1),
      nextDueAt: Math.min(next, message.expiresAt),
    },
    events: [{ type: "failed", at, reason, retryable: true }],
  };
}

/** What a network says of a message, by its own id of it. */
export type Receipt = {
  readonly providerId: string;
  /** `pending`: the network is still trying, or what it says is not known to be the end. */
  readonly outcome: "delivered" | "failed" | "pending";
  /** Stable code of the failure. */
  readonly reason: string;
};

/** What the network says of a message that it took. It may overtake our own note that it was sent. */
export function recordReceipt(
  message: Message,
  receipt: {
    readonly delivered: boolean;
    readonly reason: string;
    readonly provider: string;
    readonly providerId: string;
    readonly at: number;
  },
): Decided {
  if (isTerminal(message)) return { state: message, events: [] };
  const { state, events } = recordSent(message, receipt);
  const after = receipt.delivered
    ? closed(state, "delivered", "", [{ type: "delivered", at: receipt.at }], { deliveredAt: receipt.at })
    : failed(state, receipt.reason, receipt.at);
  return { state: after.state, events: [...events, ...after.events] };
}

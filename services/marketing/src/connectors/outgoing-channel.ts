/** A message as it goes out. */
export type Outgoing = {
  readonly messageId: string;
  /** E.164 number or mail address. */
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** Where one click ends these messages; empty: none. */
  readonly unsubscribeUrl: string;
};

export type SubmitOutcome =
  | { readonly kind: "sent"; readonly providerId: string }
  /** Nothing went out, for certain. */
  | {
      readonly kind: "failed";
      readonly reason: string;
      readonly retryable: boolean;
      /** The address itself leads nowhere, and will not. */
      readonly unreachable?: boolean;
      /** It was about our connection or account: says nothing of this message, and `ready` is false for a while. */
      readonly ofSession?: boolean;
    }
  /** It may or may not have gone out. */
  | { readonly kind: "in_doubt"; readonly reason: string };

/** A way out. `submit` never throws and settles within its own deadline, which is shorter than an attempt's lease. */
export type OutgoingChannel = {
  readonly provider: string;
  /** Submits that may be under way at once. */
  readonly width: number;
  /** False while nothing can be sent: messages then stay queued and no attempt is wasted. */
  ready(): boolean;
  submit(message: Outgoing): Promise<SubmitOutcome>;
} & AsyncDisposable;

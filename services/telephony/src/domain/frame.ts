/** What a desktop shows of a caller; `status` says how much is known. */
export type CallerView = {
  /** identified: the answer of customer; pending: it has not come yet; withheld: there is no number to ask about. */
  readonly status: "identified" | "pending" | "withheld";
  readonly certainty: "sure" | "maybe" | "none" | "";
  readonly number: string;
  readonly matches: readonly CallerCard[];
};

export type CallerCard = {
  readonly customerId: string;
  readonly name: string;
  readonly grade: string;
  readonly alerts: readonly string[];
  readonly reasons: readonly string[];
  readonly openRequests: readonly {
    readonly requestId: string;
    readonly type: string;
    readonly priority: string;
    readonly openedAt: number;
  }[];
  readonly lastContacts: readonly { readonly kind: string; readonly state: string; readonly at: number }[];
};

/** A frame to one agent's desktops. Clients drop a frame whose key and revision they have. */
export type Frame =
  | {
      readonly type: "pop";
      readonly key: string;
      readonly revision: number;
      readonly callId: string;
      readonly offerId: string;
      readonly queue: string;
      readonly ringingSince: number;
      readonly caller: CallerView;
    }
  | { readonly type: "call"; readonly key: string; readonly revision: number; readonly callId: string; readonly state: string };

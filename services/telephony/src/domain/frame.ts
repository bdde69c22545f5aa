import { type AgentSession, stateOf } from "./agent-session.ts";

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
      /** What the caller's network says of the number; empty when it says nothing. */
      readonly verdict: "" | "full" | "partial" | "gateway" | "failed";
      readonly caller: CallerView;
    }
  | { readonly type: "recording"; readonly key: string; readonly revision: number; readonly callId: string; readonly state: string }
  | { readonly type: "call"; readonly key: string; readonly revision: number; readonly callId: string; readonly state: string }
  | {
      readonly type: "session";
      readonly key: string;
      readonly revision: number;
      readonly mode: string;
      readonly reason: string;
      readonly state: string;
      readonly stateSince: number;
      readonly callId: string;
      readonly unanswered: number;
    };

/** An agent's own state. @param revision the event's place; 0 in a snapshot */
export function sessionFrame(session: AgentSession, revision: number): Frame {
  const { id, mode, reason, stateSince, unanswered } = session;
  const { state, callId } = stateOf(session);
  return { type: "session", key: `session:${id}`, revision, mode, reason, state, stateSince, callId, unanswered };
}

/** What a supervisor sees of a tenant. */
export type Board = {
  readonly agents: readonly {
    readonly employeeId: string;
    readonly extension: string;
    readonly state: string;
    readonly reason: string;
    readonly stateSince: number;
    readonly callId: string;
  }[];
  readonly queues: readonly {
    readonly queueId: string;
    readonly name: string;
    readonly waiting: number;
    /** Callers who have hung up and keep their place. */
    readonly callbacks: number;
    /** When the one who has waited longest came; 0 when nobody waits. */
    readonly longestWaitSince: number;
    /** Agents of this queue who could take a call now. */
    readonly ready: number;
  }[];
};

/** Instants are UTC epoch milliseconds. docs/reference/desktop-socket.md says when each is sent. */
export type CallerCard = {
  readonly customerId: string;
  readonly name: string;
  /** A to E; empty when not graded. */
  readonly grade: string;
  readonly alerts: readonly string[];
  /** Stable codes such as phone_exact, phone_shared. */
  readonly reasons: readonly string[];
  readonly openRequests: readonly {
    readonly requestId: string;
    readonly type: string;
    readonly priority: string;
    readonly openedAt: number;
  }[];
  readonly lastContacts: readonly { readonly kind: string; readonly state: string; readonly at: number }[];
};

export type CallerView = {
  /** identified: the answer of customer; pending: it has not come yet; withheld: there is no number to ask about. */
  readonly status: "identified" | "pending" | "withheld";
  readonly certainty: "sure" | "maybe" | "none" | "";
  /** As it may be shown: masked already where the role asks for that. */
  readonly number: string;
  readonly matches: readonly CallerCard[];
};

type Keyed = { readonly key: string; readonly revision: number };

export type PopFrame = Keyed & {
  readonly type: "pop";
  readonly callId: string;
  readonly offerId: string;
  readonly queue: string;
  readonly ringingSince: number;
  /** What the caller's network says of the number (STIR/SHAKEN): full, partial, gateway, failed; empty when it says nothing. */
  readonly verdict: string;
  readonly caller: CallerView;
};

export type CallFrame = Keyed & {
  readonly type: "call";
  readonly callId: string;
  /** talking, held, offer_ended, ended, finished; in a snapshot also ringing and wrap_up */
  readonly state: string;
};

export type RecordingFrame = Keyed & {
  readonly type: "recording";
  readonly callId: string;
  /** recording, paused, failed; kept once the call is over */
  readonly state: string;
};

export type AgentState = "offline" | "ready" | "reserved" | "ringing" | "talking" | "wrap_up" | "break";

export type SessionFrame = Keyed & {
  readonly type: "session";
  /** What the agent, or a supervisor, set: offline, ready, break. */
  readonly mode: string;
  readonly reason: string;
  readonly state: AgentState;
  readonly stateSince: number;
  readonly callId: string;
  /** Offers in a row that were not answered. */
  readonly unanswered: number;
};

export type Frame = PopFrame | CallFrame | RecordingFrame | SessionFrame;

export type BoardAgent = {
  readonly employeeId: string;
  readonly extension: string;
  readonly state: AgentState;
  readonly reason: string;
  readonly stateSince: number;
  readonly callId: string;
};

export type BoardQueue = {
  readonly queueId: string;
  readonly name: string;
  readonly waiting: number;
  /** Callers who have hung up and keep their place. */
  readonly callbacks: number;
  /** 0 or null when nobody waits. */
  readonly longestWaitSince: number | null;
  readonly ready: number;
};

export type Board = {
  readonly at: number;
  readonly agents: readonly BoardAgent[];
  readonly queues: readonly BoardQueue[];
};

export type ServerMessage =
  | { readonly type: "welcome"; readonly epoch: string; readonly id: string; readonly resumed: boolean }
  | { readonly type: "snapshot"; readonly frames: readonly Frame[] }
  | { readonly type: "frame"; readonly id: string; readonly frame: Frame }
  | ({ readonly type: "board" } & Board)
  | { readonly type: "pong" };

const FRAMES = new Set(["pop", "call", "recording", "session"]);
const isObject = (it: unknown): it is Record<string, unknown> => typeof it === "object" && it !== null;

/** A frame this client can use; what a newer server adds is left out. */
export function isFrame(it: unknown): it is Frame {
  return isObject(it) && FRAMES.has(String(it["type"])) && typeof it["key"] === "string" && typeof it["revision"] === "number";
}

/** @returns undefined for what is not a message of this protocol */
export function readMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== "string") return undefined;
  const it = parse(data);
  if (!isObject(it)) return undefined;
  switch (it["type"]) {
    case "welcome":
      return typeof it["epoch"] === "string" && typeof it["id"] === "string" ? (it as ServerMessage) : undefined;
    case "snapshot":
      return Array.isArray(it["frames"]) ? { type: "snapshot", frames: it["frames"].filter(isFrame) } : undefined;
    case "frame":
      return typeof it["id"] === "string" && isFrame(it["frame"]) ? { type: "frame", id: it["id"], frame: it["frame"] } : undefined;
    case "board":
      return Array.isArray(it["agents"]) && Array.isArray(it["queues"]) ? (it as ServerMessage) : undefined;
    case "pong":
      return { type: "pong" };
    default:
      return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

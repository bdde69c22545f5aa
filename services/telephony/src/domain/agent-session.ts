import { DomainError } from "@trunkline/errors";
import type { CallEvent } from "./call-event.ts";
import { offerCount } from "./offer-count.ts";

export type Mode = "offline" | "ready" | "break";
export type AgentState = Mode | "reserved" | "ringing" | "talking" | "wrap_up";

/** What an agent has to do with one call. */
export type Work = {
  readonly callId: string;
  readonly offerId: string;
  readonly phase: "reserved" | "ringing" | "talking" | "wrap_up";
  readonly since: number;
  /** They talk to who has the caller, and have been asked only. */
  readonly consulted?: true;
};

/** One agent. The state that people see follows from mode and work and is kept nowhere. */
export type AgentSession = {
  /** The employee's. */
  readonly id: string;
  readonly mode: Mode;
  /** Of a break. */
  readonly reason: string;
  readonly work: readonly Work[];
  /** When a desktop of theirs was last known to be open; absent for who works without one. */
  readonly deskSeenAt?: number;
  /** When the last one was closed, while none is open. */
  readonly deskLeftAt?: number;
  /** When the mode was set last; an agent who never set one is left alone by exchanges that distribute. */
  readonly modeSetAt?: number;
  /** Since when the agent is in the state that follows. */
  readonly stateSince: number;
  /** Offers in a row that were not answered. */
  readonly unanswered: number;
  /** Offers in a row for which the phone could not be reached. */
  readonly unreachable?: number;
  /** When the last work ended; what "longest idle" counts from. */
  readonly freeSince: number;
  /** When a phone of theirs last rang; what "round robin" goes by. */
  readonly offeredAt: number;
  /** Both since the agent came on line. */
  readonly callsTaken: number;
  readonly talkMs: number;
};

export type StateChanged = {
  readonly type: "state_changed";
  readonly at: number;
  readonly state: AgentState;
  readonly reason: string;
  readonly callId: string;
  readonly previousState: AgentState;
  readonly previousMs: number;
  readonly forcedBy: string;
};
/** Set while there is work: it shows when that is done. */
type ModeChanged = {
  readonly type: "mode_changed";
  readonly at: number;
  readonly mode: Mode;
  readonly reason: string;
  readonly forcedBy: string;
};
export type AgentSessionEvent = StateChanged | ModeChanged;
export type SessionDecided = { readonly state: AgentSession; readonly events: readonly AgentSessionEvent[] };

/** Every caller would ring first at a phone that is not there: so many in vain are enough, where the queue does not say otherwise. */
const UNREACHABLE_AFTER = 3;
const BUSY: ReadonlySet<AgentState> = new Set(["reserved", "ringing", "talking"]);
/** The worst first: what the agent is in, when several calls are in hand. */
const PHASES = ["talking", "ringing", "reserved", "wrap_up"] as const;
const MAX_WORK = 20;

export function newSession(id: string, at: number): AgentSession {
  return {
    id,
    mode: "offline",
    reason: "",
    work: [],
    stateSince: at,
    unanswered: 0,
    freeSince: at,
    offeredAt: 0,
    callsTaken: 0,
    talkMs: 0,
  };
}

/** What follows from mode and work. */
export function stateOf({ mode, reason, work }: Pick<AgentSession, "mode" | "reason" | "work">): {
  readonly state: AgentState;
  readonly reason: string;
  readonly callId: string;
} {
  for (const phase of PHASES) {
    const item = work.find((one) => one.phase === phase);
    if (item) return { state: phase, reason: "", callId: item.callId };
  }
  return { state: mode, reason, callId: "" };
}

/**
 * The agent's own choice, or a supervisor's. With a call in hand it shows when the work is done.
 * @throws invalid break_reason_missing, break_reason_unexpected
 */
export function changeMode(
  session: AgentSession,
  { mode, reason }: Pick<AgentSession, "mode" | "reason">,
  at: number,
  forcedBy = "",
): SessionDecided {
  if (mode === "break" && reason === "") throw new DomainError("invalid", "break_reason_missing", "say why: a break needs a reason");
  if (mode !== "break" && reason !== "")
    throw new DomainError("invalid", "break_reason_unexpected", "only a break has a reason: leave it out");
  const back = mode !== "offline" && session.mode === "offline";
  const change = {
    mode,
    reason,
    ...(mode === "ready" ? { unanswered: 0, unreachable: 0 } : {}),
    ...(back ? { callsTaken: 0, talkMs: 0, freeSince: at } : {}),
  };
  return become(session, change, at, forcedBy);
}

/** Why somebody is off line who did not choose it. */
export type OfflineReason = "signed_out" | "no_desktop" | "forced";

/** Nobody is to ring there any more. A call in hand goes on. */
export function goOffline(session: AgentSession, reason: OfflineReason, at: number, forcedBy = ""): SessionDecided {
  if (session.mode === "offline") return { state: session, events: [] };
  return become(session, { mode: "offline", reason }, at, forcedBy);
}

/** Logged out at that instant; whoever has chosen a mode since then has come back. */
export function signOut(session: AgentSession, signedOutAt: number, at: number): SessionDecided {
  return (session.modeSetAt ?? 0) > signedOutAt ? { state: session, events: [] } : goOffline(session, "signed_out", at);
}

/** A desktop that only loads its page anew is back before that. */
export const ABSENT_MS = 120_000;
/** How often an open desktop is noted, and how long one counts that is noted no more, because its instance died. */
export const DESK_EVERY_MS = 120_000;
const DESK_LOST_MS = 3 * DESK_EVERY_MS;

/** When an agent whose desktop is gone is taken off line. */
export function deskDueAt({ mode, deskSeenAt, deskLeftAt }: AgentSession): number | undefined {
  if (mode === "offline" || deskSeenAt === undefined) return undefined;
  return deskLeftAt === undefined ? deskSeenAt + DESK_LOST_MS : deskLeftAt + ABSENT_MS;
}

export function deskSeen(session: AgentSession, at: number): SessionDecided {
  const { deskLeftAt, ...rest } = session;
  const state = { ...rest, deskSeenAt: Math.max(at, session.deskSeenAt ?? 0) };
  return { state: deskLeftAt !== undefined && deskLeftAt > at ? { ...state, deskLeftAt } : state, events: [] };
}

/** The last desktop on one instance was closed; one that was opened since then, here or there, may have been noted before. */
export function deskLeft(session: AgentSession, at: number): SessionDecided {
  if ((session.deskSeenAt ?? 0) > at) return { state: session, events: [] };
  return { state: { ...session, deskSeenAt: session.deskSeenAt ?? at, deskLeftAt: at }, events: [] };
}

/** Nobody is there to see who calls. */
export function leaveDesk(session: AgentSession, at: number): SessionDecided {
  return (deskDueAt(session) ?? Number.POSITIVE_INFINITY) <= at ? goOffline(session, "no_desktop", at) : { state: session, events: [] };
}

/**
 * Kept free for one offer. The same offer again changes nothing.
 * @throws rule_violated agent_not_free
 */
export function reserve(session: AgentSession, { callId, offerId }: Pick<Work, "callId" | "offerId">, at: number): SessionDecided {
  if (session.work.some((item) => item.offerId === offerId)) return { state: session, events: [] };
  const { state } = stateOf(session);
  if (state !== "ready") throw new DomainError("rule_violated", "agent_not_free", "the agent is not ready just now", { state });
  return become(session, { work: [...session.work, { callId, offerId, phase: "reserved", since: at }], offeredAt: at }, at);
}

/**
 * Kept for a call that the agent makes, in whatever mode: one phone makes one call at a time.
 * @throws rule_violated agent_not_free
 */
export function reserveOut(session: AgentSession, callId: string, at: number): SessionDecided {
  const { state } = stateOf(session);
  // The same wish again, while the first is on its way.
  if (session.work.some((item) => item.callId === callId)) return { state: session, events: [] };
  if (BUSY.has(state)) throw new DomainError("rule_violated", "agent_not_free", "there is a call at this phone: end it first", { state });
  return become(session, { work: [...session.work, { callId, offerId: callId, phase: "reserved", since: at }] }, at);
}

/** Frees the agent of what is left of a call: an offer that lapsed, or work that the call itself does not know of. */
export function forget(session: AgentSession, gone: (work: Work) => boolean, at: number): SessionDecided {
  if (!session.work.some(gone)) return { state: session, events: [] };
  return become(session, { work: session.work.filter((item) => !gone(item)) }, at);
}

/**
 * What an event of a call means for one agent. After `autoPauseAfter` unanswered offers in a row (0: never) the agent goes on
 * break, so that no more callers ring there in vain; so they do when their phone could not be reached that often (0: three times).
 */
export function follow(session: AgentSession, callId: string, event: CallEvent, autoPauseAfter: number): SessionDecided {
  const { at } = event;
  if (!("employeeId" in event) || event.employeeId !== session.id) return { state: session, events: [] };
  const others = session.work.filter((item) => item.callId !== callId);
  const [own, asked] = [false, true].map((yes) => session.work.find((item) => item.callId === callId && (item.consulted ?? false) === yes));
  switch (event.type) {
    case "offered":
      // Late news of an offer that was answered meanwhile.
      if (own && own.phase !== "reserved") return { state: session, events: [] };
      return become(
        session,
        { work: [...others, { callId, offerId: event.offerId, phase: "ringing" as const, since: at }].slice(-MAX_WORK), offeredAt: at },
        at,
      );
    case "consulted":
      if (own?.phase === "talking" || asked) return { state: session, events: [] };
      // They may still wrap up the same call.
      return become(
        session,
        {
          work: [...(own?.phase === "wrap_up" ? session.work : others), { callId, offerId: event.offerId, ...CONSULTED, since: at }].slice(
            -MAX_WORK,
          ),
        },
        at,
      );
    case "offer_ended":
      // Not what rang: the call that they answered meanwhile, or still wrap up while it rings again.
      return offerEnded(session, own && isAnswered(own) ? session.work.filter((item) => item !== asked) : others, event, autoPauseAfter);
    case "answered":
      if (own?.phase === "talking") return { state: session, events: [] };
      return become(
        session,
        {
          work: [...others, { callId, offerId: own?.offerId ?? "", phase: "talking" as const, since: at }].slice(-MAX_WORK),
          unanswered: 0,
          unreachable: 0,
          callsTaken: session.callsTaken + 1,
        },
        at,
      );
    case "wrap_up_started":
      if (!own) return { state: session, events: [] };
      return become(
        session,
        { work: [...others, { ...own, phase: "wrap_up", since: at }], talkMs: session.talkMs + Math.max(0, at - own.since) },
        at,
      );
    case "wrap_up_ended":
      return become(session, { work: [...others, ...(asked ? [asked] : [])] }, at);
    default:
      return { state: session, events: [] };
  }
}

const CONSULTED = { phase: "talking", consulted: true } as const;

/** The caller is or was theirs. */
const isAnswered = ({ phase }: Work) => phase === "talking" || phase === "wrap_up";

function offerEnded(
  session: AgentSession,
  work: readonly Work[],
  { at, reason }: { at: number; reason: string },
  autoPauseAfter: number,
): SessionDecided {
  const counts = offerCount(reason);
  const unanswered = session.unanswered + (counts === "non_response" ? 1 : 0);
  // A phone that rang, or was busy, is there.
  const unreachable = counts === "non_response" ? 0 : (session.unreachable ?? 0) + (counts === "unreachable" ? 1 : 0);
  const why = pauseFor({ unanswered, unreachable }, autoPauseAfter);
  const pause = why !== "" && session.mode === "ready" ? { mode: "break" as const, reason: why } : {};
  return become(session, { work, unanswered, unreachable, ...pause }, at);
}

function pauseFor({ unanswered, unreachable }: { unanswered: number; unreachable: number }, autoPauseAfter: number): string {
  if (unreachable >= (autoPauseAfter || UNREACHABLE_AFTER)) return "unreachable";
  return autoPauseAfter > 0 && unanswered >= autoPauseAfter ? "auto_pause" : "";
}

function become(session: AgentSession, change: Partial<AgentSession>, at: number, forcedBy = ""): SessionDecided {
  const before = stateOf(session);
  const next = { ...session, ...change, ...(change.mode === undefined ? {} : { modeSetAt: at }) };
  const after = stateOf(next);
  const freed = session.work.length > 0 && next.work.length === 0;
  if (after.state === before.state && after.reason === before.reason && after.callId === before.callId) {
    const { mode, reason } = next;
    const set = mode !== session.mode || reason !== session.reason;
    return { state: next, events: set ? [{ type: "mode_changed", at, mode, reason, forcedBy }] : [] };
  }
  // Calls tell in their own order; an agent's time never runs backwards.
  const since = Math.max(at, session.stateSince);
  return {
    state: { ...next, stateSince: since, ...(freed ? { freeSince: since } : {}) },
    events: [{ type: "state_changed", at: since, ...after, previousState: before.state, previousMs: since - session.stateSince, forcedBy }],
  };
}

import type { LadderStep, Request, RequestDecision, RequestEvent, TargetClock } from "./request.ts";
import { withHistory } from "./request.ts";

/** Who the history names when a timer acts. */
const CLOCK_ACTOR = "service/service-desk";

type Due = { readonly at: number; readonly apply: (request: Request) => { state: Request; event: RequestEvent } };

/** When the request has to be looked at again, epoch milliseconds; undefined: never by itself. */
export function nextDueAt(request: Request): number | undefined {
  return nextDue(request)?.at;
}

/**
 * All that is due at `at`, in the order in which it was due: the ladder climbs a level for each limit that passed without
 * action, each target is missed once. What fires late bears the time at which it was due, so lateness changes nothing.
 */
export function fire(request: Request, at: number): RequestDecision {
  let state = request;
  const events: RequestEvent[] = [];
  for (let due = nextDue(state); due !== undefined && due.at <= at; due = nextDue(state)) {
    const fired = due.apply(state);
    state = fired.state;
    events.push(fired.event);
  }
  return { state, events };
}

/** The decision after everything that was due before it: a timer that comes late can never be outrun. */
export function settled(request: Request, at: number, decide: (request: Request) => RequestDecision): RequestDecision {
  const before = fire(request, at);
  const decision = decide(before.state);
  return { state: decision.state, events: [...before.events, ...decision.events] };
}

function nextDue(request: Request): Due | undefined {
  if (request.state === "resolved") return undefined;
  const candidates: Due[] = [];
  const step = request.ladder[request.level - 1];
  const above = request.ladder[request.level];
  if (request.actedAt === undefined && step?.until !== undefined && above) {
    const until = step.until;
    candidates.push({ at: until, apply: (state) => escalate(state, above, until) });
  }
  for (const clock of request.targets) {
    if (clock.metAt === undefined && !clock.missed) candidates.push({ at: clock.dueAt, apply: (state) => miss(state, clock) });
  }
  return candidates.reduce<Due | undefined>((first, due) => (first && first.at <= due.at ? first : due), undefined);
}

function escalate(request: Request, to: LadderStep, at: number): { state: Request; event: RequestEvent } {
  const reason = "no_action_in_time";
  const moved: Request = { ...request, level: to.level, ownerId: to.ownerId };
  return {
    state: withHistory(moved, { at, what: "escalated", actor: CLOCK_ACTOR, reason }),
    event: { type: "escalated", at, fromLevel: request.level, toLevel: to.level, ownerId: to.ownerId, reason },
  };
}

function miss(request: Request, { target, dueAt }: TargetClock): { state: Request; event: RequestEvent } {
  const targets = request.targets.map((clock) => (clock.target === target ? { ...clock, missed: true } : clock));
  return {
    state: withHistory({ ...request, targets }, { at: dueAt, what: "target_missed", actor: CLOCK_ACTOR, reason: target }),
    event: { type: "targetMissed", at: dueAt, target, dueAt },
  };
}

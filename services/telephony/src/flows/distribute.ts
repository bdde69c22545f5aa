import { type BusinessCalendar, isOpen } from "@trunkline/calendar";
import { isDomainError, unless } from "@trunkline/errors";
import type { Ranking } from "@trunkline/matching";
import { contentId, failpointActive, serviceScope, withDeadline } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { forget, reserve } from "../domain/agent-session.ts";
import { leaveQueue, moveToQueue } from "../domain/call.ts";
import { endOffer, offerTo } from "../domain/call-offers.ts";
import { type CallQueue, overflowQueue } from "../domain/call-queue.ts";
import { type Call, type OfferReason, waitsSince } from "../domain/call-state.ts";
import { type Candidate, rankAgents, type Seeking } from "../domain/distribution.ts";
import { type Exchange, type Line, mayHaveBeenDone } from "../domain/line.ts";
import type { LineUp } from "../domain/line-up.ts";
import { canKeepPlace, keepPlace } from "../domain/queue-callback.ts";
import { callsOf, isWaiting, type WaitingLine, waitingLine } from "../domain/waiting-line.ts";
import type { Arrivals } from "../intake/arrivals.ts";
import { ours } from "../intake/call-chains.ts";
import { liveCopy } from "../stores/live-copy.ts";
import { type CallingLine, callBack } from "./call-back.ts";
import { firstOf, isAgentLeft, isAgentLeftBehind, nextOf, turnsOf } from "./turns.ts";

type Phones = Pick<Line, "ring" | "hangUp" | "resync"> & CallingLine;

/** Who has just let a call ring is not asked again for so long, if anybody else is there. */
const PASSED_BY_MS = 10_000;
/**
 * The exchange reports the end of a ring; where it does not, the offer lapses so much later, and counts as none. Longer than the exchange rings on when its
 * owner is gone, so that no agent is free again while their phone rings.
 */
const GRACE_MS = 6_000;
const RING_MS = 5_000;
const KEPT_CANDIDATES = 12;
/** Calls that are being offered, called back or sent on at once. */
const MOST_UNDER_WAY = 64;
/** Where it was full, the next ones come together. */
const ROOM_AGAIN = 48;
/** Calls of one step whose agents have all let them pass, before the rest of the step waits for the next round. */
const MOST_PASSED = 20;
const CALENDAR_MS = 1_000;
/** What a write says of a call that this instance still believed to be waiting. */
const GONE = new Set(["call_not_waiting", "call_not_found", "line_moved"]);
const PASSED = new Set(["no_answer", "busy", "rejected", "unavailable", "failed"]);

export function reasonOf({ strategy }: CallQueue, { ranked }: Ranking<Candidate>, most: number): OfferReason {
  const candidates = ranked
    .slice(0, most)
    .map(({ id, rank, failed, score }) => ({ employeeId: id, rank: rank ?? 0, failed: [...failed], score }));
  return { strategy, candidates };
}

export type Distribution = {
  /**
   * One round: calls that have waited too long go on, the others are offered, the one with the most points first, each to one agent who is
   * free. What another instance did meanwhile is found by the writes themselves.
   * @returns how many calls have no agent yet
   */
  round(): Promise<number>;
  /** Resolves when what is under way has come to its end, well or not. */
  settled(): Promise<void>;
} & AsyncDisposable;

type Parts = {
  readonly context: Context;
  readonly exchange: Exchange;
  readonly line: Phones;
  readonly waiting: WaitingLine;
  readonly isClosed: (queue: CallQueue, at: number) => Promise<boolean>;
  /** By call: what is not written yet; and the agents whom it concerns. */
  readonly underWay: Map<string, Promise<void>>;
  readonly held: Set<string>;
  readonly arrivals: Pick<Arrivals, "before">;
  /** Something more can be begun, or waits otherwise than before. */
  readonly changed: () => void;
};

type Ears = {
  /** A call waits, or waits otherwise than before. */
  readonly changed?: () => void;
  readonly arrivals?: Pick<Arrivals, "before">;
};

export function openDistribution(
  context: Context,
  exchange: Exchange,
  line: Phones,
  { changed = () => undefined, arrivals = { before: () => [] } }: Ears = {},
): Distribution {
  const { calls, queues, ready, now, log } = context;
  const { tenant } = exchange;
  const waiting = waitingLine((queueId) => queues.of(tenant, queueId));
  const heard = (call: Call) => {
    if (!call.routed || call.connectorId !== exchange.id) return;
    waiting.put(call, now());
    if (isWaiting(call)) changed();
  };
  const copy = liveCopy({ store: calls, tenant, filter: { waits: tenant }, heard, now, log });
  const underWay = new Map<string, Promise<void>>();
  const parts: Parts = {
    context,
    exchange,
    line,
    waiting,
    underWay,
    held: new Set(),
    changed,
    arrivals,
    isClosed: calendarLook(context, tenant),
  };
  const settled = async () => void (await Promise.all(underWay.values()));
  return {
    async round() {
      await copy.refresh();
      const at = now();
      waiting.settle(at);
      if (waiting.size > 0) {
        const closed = await sendOn(parts, at);
        serve(parts, await ready.of(tenant), closed, at);
      }
      return waiting.size;
    },
    settled,
    [Symbol.asyncDispose]: async () => {
      copy[Symbol.dispose]();
      await settled();
    },
  };
}

/** Those whose queue is closed, or who have waited too long in it. @returns queues that are closed */
async function sendOn(parts: Parts, at: number): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for (const [queueId, line] of parts.waiting.queues) {
    const isClosed = line.queue.calendarId !== "" && (await parts.isClosed(line.queue, at));
    if (isClosed) closed.add(queueId);
    // Nobody calls back when the queue is closed; the place is still there when it opens.
    const leaving = isClosed ? [...callsOf(line)].filter(({ call }) => call.callback === undefined) : [...line.leaving];
    for (const { call } of leaving)
      start(parts, call, "", () => overflow(parts, { call, queue: line.queue, reason: isClosed ? "closed" : "timeout", at }));
  }
  return closed;
}

/** Runs beside others until it is written or has failed; then the call looks for an agent again, if it still waits. */
function start({ context, waiting, underWay, held, changed }: Parts, call: Call, employeeId: string, work: () => Promise<void>): void {
  if (underWay.has(call.id) || underWay.size >= MOST_UNDER_WAY) return;
  if (employeeId !== "") held.add(employeeId);
  const failed = (error: unknown) => {
    // Another hand was faster: the call does not wait as this instance believed.
    if (isDomainError(error) && GONE.has(error.code)) waiting.forget(call);
    else context.log.warn({ err: error, callId: call.id }, "a call could not be offered; it is tried again");
  };
  // Not at once: whoever reads the line now is not to see it change.
  const running = Promise.resolve()
    .then(work)
    .catch(failed)
    .finally(() => {
      underWay.delete(call.id);
      held.delete(employeeId);
      if (underWay.size === ROOM_AGAIN) changed();
    });
  underWay.set(call.id, running);
}

/** One after the other, whose turn it is, until there is no call that an agent is free for. */
function serve(parts: Parts, lineUp: LineUp, closed: ReadonlySet<string>, at: number): void {
  const { underWay, held } = parts;
  const turns = turnsOf(parts, closed);
  for (let turn = firstOf(turns); turn && underWay.size < MOST_UNDER_WAY; turn = firstOf(turns)) {
    const { queue } = turn.line;
    const { call } = turn.next;
    const seeking: Seeking = {
      waitedMs: at - (call.movedAt ?? call.queuedAt),
      preferred: call.preferred ?? "",
      passedBy: passedBy(call, at),
    };
    const candidates = lineUp.shortlist(queue, turn.step, seeking, held);
    const ranking = candidates.length > 0 ? rankAgents(queue, seeking, candidates) : undefined;
    // Whoever comes later in this line finds no more agents left than this call.
    if (ranking?.winner && !isAgentLeftBehind(parts, lineUp, turn, freeIn(ranking))) {
      turns.delete(turn);
      continue;
    }
    if (ranking?.winner && (!call.callback || isAgentLeft(parts, lineUp, turn)))
      begin(parts, lineUp, { call, queue, ranking, winner: ranking.winner.candidate, at });
    else turn.passed += 1;
    const next = nextOf(turn.rest, parts);
    if (next) turn.next = next;
    if (!next || !ranking || turn.passed >= MOST_PASSED) turns.delete(turn);
  }
}

const freeIn = ({ ranked }: Ranking<Candidate>) => ranked.filter(({ failed }) => failed.length === 0).length;

function passedBy({ offers }: Call, at: number): string[] {
  return offers.filter(({ ended, endedAt = 0 }) => PASSED.has(ended) && at - endedAt < PASSED_BY_MS).map(({ employeeId }) => employeeId);
}

type Chosen = {
  readonly call: Call;
  readonly queue: CallQueue;
  readonly ranking: Ranking<Candidate>;
  readonly winner: Candidate;
  readonly at: number;
};
type Leaving = { readonly call: Call; readonly queue: CallQueue; readonly reason: "timeout" | "closed"; readonly at: number };

function begin(parts: Parts, lineUp: LineUp, chosen: Chosen): void {
  const { context, exchange, line } = parts;
  const { call, queue, winner, at } = chosen;
  const employeeId = winner.session.id;
  const agent = { employeeId, extension: context.agents.agent(exchange.tenant, employeeId)?.extension ?? "" };
  start(parts, call, employeeId, () =>
    call.callback ? callBack(context, exchange, line, { call, queue, agent, at }) : offer(parts, lineUp, chosen, agent),
  );
}

/**
 * The call first, then the agent, only then the ring; whatever fails is undone in the same order. A ring of which nobody knows whether it came to
 * the phone stays as it is: the exchange tells how it ends, or the offer lapses.
 */
async function offer(
  { context, exchange: { tenant, epoch }, line }: Parts,
  lineUp: LineUp,
  { call, queue, ranking, winner, at }: Chosen,
  { employeeId, extension }: { readonly employeeId: string; readonly extension: string },
): Promise<void> {
  const { calls, sessions, pops } = context;
  const offerId = contentId(call.id, employeeId, String(at));
  const scope = serviceScope("telephony", tenant, call.id);
  const ring = { offerId, employeeId, extension, reason: reasonOf(queue, ranking, KEPT_CANDIDATES) };
  const offered = await calls.update(scope, call.id, (state) => offerTo(ours(state, epoch), ring, at + queue.offerMs + GRACE_MS, at));
  let asked = false;
  try {
    if (!failpointActive("agent.reserve.skip"))
      await sessions.change(scope, employeeId, at, (session) => reserve(session, { callId: call.id, offerId }, at));
    void pops.show({ ...offered, tenant, offer: { offerId, employeeId, at } });
    asked = true;
    await withDeadline("ringing a phone", RING_MS, line.ring(call, { offerId, extension, timeoutMs: queue.offerMs }));
  } catch (error) {
    if (asked && mayHaveBeenDone(error))
      return void context.log.warn({ err: error, callId: call.id }, "nobody knows whether a phone rings");
    const back = context.now();
    await calls.update(scope, call.id, (state) => endOffer(state, { offerId }, whyNot(error), back));
    await sessions.change(scope, employeeId, back, (session) => forget(session, (work) => work.offerId === offerId, back));
    if (isDomainError(error) && error.code === "agent_not_free") lineUp.forget(winner);
    else await resyncIfGone(line, error);
  }
}

/** An exchange that refuses to ring a phone does not find it; anything else is not the phone's fault. */
const whyNot = (error: unknown) => (isDomainError(error) && error.code === "pbx_action_refused" ? "unavailable" : "failed");

/** A call that the exchange does not know came and went while nobody looked: what lives there says so. @throws any other error */
async function resyncIfGone(line: Phones, error: unknown): Promise<void> {
  unless("pbx_call_gone")(error);
  await line.resync();
}

/** Whether a queue's calendar says that nobody serves it now; a calendar is read once a second. */
function calendarLook({ calendars }: Context, tenant: string): Parts["isClosed"] {
  const known = new Map<string, { readonly at: number; readonly calendar: BusinessCalendar | undefined }>();
  return async ({ calendarId }, at) => {
    let look = known.get(calendarId);
    if (!look || at - look.at >= CALENDAR_MS) look = { at, calendar: (await calendars.find(tenant, calendarId))?.calendar };
    known.set(calendarId, look);
    return look.calendar !== undefined && !isOpen(look.calendar, at);
  };
}

/** On to another queue, or out. */
async function overflow({ context: { calls }, exchange, line, waiting }: Parts, { call, queue, reason: why, at }: Leaving): Promise<void> {
  const { tenant, epoch, dialsOut } = exchange;
  const scope = serviceScope("telephony", tenant, call.id);
  const next = overflowQueue(queue);
  const reason = queue.overflow === "callback" ? "callback" : why;
  // Somebody may answer in this very moment: only who has left is hung up.
  const left = await calls.update(scope, call.id, (state) => {
    if (ours(state, epoch).state !== "queued") return { state, events: [] };
    if (next !== "") return moveToQueue(state, next, at);
    const keeps = reason === "callback" && dialsOut && canKeepPlace(queue, state);
    return keeps ? keepPlace(state, at) : leaveQueue(state, reason, at - waitsSince(state), at);
  });
  if (!isWaiting(left)) waiting.forget(call);
  if (left.outcome !== "left_queue") return;
  await withDeadline("ending a call", RING_MS, line.hangUp(call)).catch((error: unknown) => resyncIfGone(line, error));
}

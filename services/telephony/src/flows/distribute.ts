import { isOpen } from "@trunkline/calendar";
import { isDomainError, unless } from "@trunkline/errors";
import type { Ranking } from "@trunkline/matching";
import { contentId, failpointActive, serviceScope, withDeadline } from "@trunkline/runtime";
import { ours } from "../connectors/call-chains.ts";
import type { Exchange } from "../connectors/facts.ts";
import type { Context } from "../context.ts";
import { type AgentSession, forget, reserve } from "../domain/agent-session.ts";
import { leaveQueue, moveToQueue } from "../domain/call.ts";
import { endOffer, offerTo } from "../domain/call-offers.ts";
import { type CallQueue, overflowQueue, overflows, pointsOf } from "../domain/call-queue.ts";
import type { Call } from "../domain/call-state.ts";
import { type Candidate, rankAgents } from "../domain/distribution.ts";
import { canKeepPlace, keepPlace, waitsForCallback } from "../domain/queue-callback.ts";
import type { OfferReason } from "../stores/offer-reasons.ts";
import { type CallingLine, callBack } from "./call-back.ts";
import type { Line } from "./line.ts";

type Phones = Pick<Line, "ring" | "hangUp" | "resync"> & CallingLine;

/** Who has just let a call ring is not asked again for so long, if anybody else is there. */
const PASSED_BY_MS = 10_000;
/**
 * The exchange reports the end of a ring; where it does not, the offer lapses so much later. Longer than the exchange rings on when its
 * owner is gone, so that no agent is free again while their phone rings.
 */
const GRACE_MS = 6_000;
const RING_MS = 5_000;
/** Whoever is not identified by then is served as a stranger. */
const IDENTIFIED_MS = 500;
const KEPT_REASONS = 50;
const PASSED = new Set(["no_answer", "busy", "rejected", "unavailable"]);

export function candidatesOf({ agents }: Pick<Context, "agents">, tenant: string, sessions: readonly AgentSession[]): Candidate[] {
  return sessions.flatMap((session) => {
    const agent = agents.agent(tenant, session.id);
    return agent ? [{ session, skills: agent.skills }] : [];
  });
}

export function reasonsOf({ strategy }: CallQueue, { ranked }: Ranking<Candidate>, most: number, at: number): OfferReason {
  const candidates = ranked
    .slice(0, most)
    .map(({ id, rank, failed, score }) => ({ employeeId: id, rank: rank ?? 0, failed: [...failed], score }));
  return { strategy, at, candidates };
}

/**
 * One round: calls that have waited too long go on, the others are offered, the one with the most points first, each to one agent
 * who is free. What another round or instance did meanwhile is found by the writes themselves.
 * @returns how many calls are still waiting for anybody
 */
export async function distribute(context: Context, exchange: Exchange, line: Phones): Promise<number> {
  const { calls, sessions, queues, now, log } = context;
  const at = now();
  const waiting = (await calls.waiting(exchange.tenant)).filter(
    (call) => call.routed && call.connectorId === exchange.id && (call.state === "queued" || waitsForCallback(call, at)),
  );
  if (waiting.length === 0) return 0;
  const free = new Map(candidatesOf(context, exchange.tenant, await sessions.ready(exchange.tenant)).map((one) => [one.session.id, one]));
  const inOrder = waiting
    .map((call) => ({ call, queue: queues.of(exchange.tenant, call.queue) }))
    .sort(
      (a, b) =>
        pointsOf(b.queue, b.call.grade, at - b.call.queuedAt) - pointsOf(a.queue, a.call.grade, at - a.call.queuedAt) ||
        a.call.queuedAt - b.call.queuedAt,
    );
  const closed = await closedQueues(
    context,
    exchange.tenant,
    inOrder.map(({ queue }) => queue),
    at,
  );
  const under: Promise<void>[] = [];
  for (const { call, queue } of inOrder) {
    const waitedMs = at - (call.movedAt ?? call.queuedAt);
    const kept = call.callback !== undefined;
    // Nobody calls back when the queue is closed; the place is still there when it opens.
    if (kept && closed.has(queue.id)) continue;
    if (!kept && (closed.has(queue.id) || overflows(queue, waitedMs))) {
      under.push(overflow(context, exchange, line, { call, queue, reason: closed.has(queue.id) ? "closed" : "timeout", at }));
      continue;
    }
    if (free.size === 0 || isUnknownYet(call, at)) continue;
    const seeking = { waitedMs, preferred: call.preferred ?? "", passedBy: passedBy(call, at) };
    const ranking = rankAgents(queue, seeking, [...free.values()]);
    if (!ranking.winner) continue;
    free.delete(ranking.winner.id);
    under.push(
      kept
        ? callBack(context, exchange, line, { call, queue, agent: agentOf(context, exchange.tenant, ranking.winner.id), at })
        : offer(context, exchange, line, { call, queue, ranking, at }),
    );
  }
  const results = await Promise.allSettled(under);
  for (const result of results)
    if (result.status === "rejected") log.warn({ err: result.reason }, "a call could not be offered; it is tried again");
  return waiting.length;
}

/** Who is calling decides about priority and the preferred agent: that is worth a moment, if it is not known yet. */
function isUnknownYet({ certainty, numberKind, direction, queuedAt, endedAt }: Call, at: number): boolean {
  const waits = direction === "inbound" && endedAt === undefined;
  return waits && certainty === "" && numberKind === "known" && at - queuedAt < IDENTIFIED_MS;
}

function agentOf({ agents }: Context, tenant: string, employeeId: string): { employeeId: string; extension: string } {
  return { employeeId, extension: agents.agent(tenant, employeeId)?.extension ?? "" };
}

function passedBy({ offers }: Call, at: number): string[] {
  return offers.filter(({ ended, endedAt = 0 }) => PASSED.has(ended) && at - endedAt < PASSED_BY_MS).map(({ employeeId }) => employeeId);
}

type Leaving = { readonly call: Call; readonly queue: CallQueue; readonly reason: "timeout" | "closed"; readonly at: number };
type Chosen = { readonly call: Call; readonly queue: CallQueue; readonly ranking: Ranking<Candidate>; readonly at: number };

/** The call first, then the agent, only then the ring; whatever fails is undone in the same order. */
async function offer(context: Context, { tenant, epoch }: Exchange, line: Phones, { call, queue, ranking, at }: Chosen): Promise<void> {
  const { calls, sessions, reasons, pops } = context;
  const { employeeId, extension } = agentOf(context, tenant, ranking.winner?.id ?? "");
  const offerId = contentId(call.id, employeeId, String(at));
  const scope = serviceScope("telephony", tenant, call.id);
  const ring = { offerId, employeeId, extension };
  const offered = await calls
    .update(scope, call.id, (state) => offerTo(ours(state, epoch), ring, at + queue.offerMs + GRACE_MS, at))
    .catch(unless("call_not_waiting", "line_moved"));
  if (!offered) return;
  try {
    if (!failpointActive("agent.reserve.skip"))
      await sessions.change(scope, employeeId, at, (session) => reserve(session, { callId: call.id, offerId }, at));
    void pops.show({ ...offered, tenant, offer: { offerId, employeeId, at } });
    const rung = line.ring(call, { offerId, extension, timeoutMs: queue.offerMs });
    await Promise.all([
      withDeadline("ringing a phone", RING_MS, rung),
      reasons.upsert(tenant, offerId, () => reasonsOf(queue, ranking, KEPT_REASONS, at)),
    ]);
  } catch (error) {
    const back = context.now();
    await calls.update(scope, call.id, (state) => endOffer(state, { offerId }, "unavailable", back));
    await sessions.change(scope, employeeId, back, (session) => forget(session, (work) => work.offerId === offerId, back));
    if (!isDomainError(error) || error.code !== "agent_not_free") await resyncIfGone(line, error);
  }
}

/** A call that the exchange does not know came and went while nobody looked: what lives there says so. @throws any other error */
async function resyncIfGone(line: Phones, error: unknown): Promise<void> {
  unless("pbx_call_gone")(error);
  await line.resync();
}

/** Queues whose calendar says that nobody serves them now. */
async function closedQueues({ calendars }: Context, tenant: string, queues: Iterable<CallQueue>, at: number): Promise<ReadonlySet<string>> {
  const closed = new Set<string>();
  for (const { id, calendarId } of new Map([...queues].map((queue) => [queue.id, queue])).values()) {
    const calendar = calendarId === "" ? undefined : await calendars.find(tenant, calendarId);
    if (calendar && !isOpen(calendar, at)) closed.add(id);
  }
  return closed;
}

/** On to another queue, or out. */
async function overflow(
  { calls }: Context,
  { tenant, epoch, dialsOut }: Exchange,
  line: Phones,
  { call, queue, reason: why, at }: Leaving,
): Promise<void> {
  const scope = serviceScope("telephony", tenant, call.id);
  const next = overflowQueue(queue);
  if (next !== "") return void (await calls.update(scope, call.id, (state) => moveToQueue(ours(state, epoch), next, at)));
  const reason = queue.overflow === "callback" ? "callback" : why;
  // Somebody may answer in this very moment: only who has left is hung up.
  const left = await calls.update(scope, call.id, (state) => {
    if (ours(state, epoch).state !== "queued") return { state, events: [] };
    const keeps = reason === "callback" && dialsOut && canKeepPlace(queue, state);
    return keeps ? keepPlace(state, at) : leaveQueue(state, reason, at - state.queuedAt, at);
  });
  if (left.outcome !== "left_queue") return;
  await withDeadline("ending a call", RING_MS, line.hangUp(call)).catch((error: unknown) => resyncIfGone(line, error));
}

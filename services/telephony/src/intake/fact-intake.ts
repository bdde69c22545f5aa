import { normalizeNumber } from "@trunkline/phone-number";
import { backOff, failpointActive, serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { end, handedTo, identify, joinQueue, type NewCall, prefer, queueCall } from "../domain/call.ts";
import { asksOnExchange, offer, waitsOnExchange } from "../domain/call-offers.ts";
import { type Call, type Decided, nothing } from "../domain/call-state.ts";
import type { CallKey, Exchange } from "../domain/line.ts";
import { idOf, offerIdOf } from "../facts/call-keys.ts";
import type { Caller, PbxFact, Snapshot, SnapshotCall } from "../facts/facts.ts";
import { type Arrivals, openArrivals } from "./arrivals.ts";
import { type CallChains, callChains } from "./call-chains.ts";
import { type CallTraces, callTraces } from "./call-traces.ts";
import { decideFact } from "./decide-fact.ts";

type Parts = {
  readonly context: Context;
  readonly exchange: Exchange;
  readonly chains: CallChains;
  readonly traces: CallTraces;
  readonly arrivals: Arrivals;
};
type CallFact = Exclude<PbxFact, { kind: "snapshot" | "member_changed" | "member_removed" }>;

const MAX_WAITING = 5_000;
/** Sabotage: so many facts, and more are dropped. */
const SHED_ABOVE = 50;
const DRAIN_MS = 5_000;
const READY_MS = 30_000;
/** An offer is dialled within this or given up. */
const ON_THEIR_WAY_MS = 5_000;

export type FactIntake = {
  handle(facts: readonly PbxFact[]): void | Promise<void>;
  /** Resolves when what has come for this call is stored. */
  stored(key: CallKey): Promise<void>;
  idle(): Promise<void>;
} & AsyncDisposable;

/**
 * Turns facts into calls. The pop goes out before anything is stored. Above 5,000 facts that are not stored yet the
 * exchange's socket is held back.
 */
export function factIntake(context: Context, exchange: Exchange, arrivals = openArrivals(context.now)): FactIntake {
  const resync = onceAtATime(() => resyncLine(context, exchange));
  const chains = callChains(context, (callId) => serviceScope("telephony", exchange.tenant, callId), exchange.epoch, resync);
  const parts: Parts = { context, exchange, chains, traces: callTraces(), arrivals };
  return {
    handle(facts) {
      if (failpointActive("intake.shed") && chains.waiting() > SHED_ABOVE) return undefined;
      const snapshots: Promise<void>[] = [];
      for (const fact of facts) {
        if (fact.kind === "snapshot") snapshots.push(onSnapshot(parts, fact));
        else if (fact.kind !== "member_changed" && fact.kind !== "member_removed") {
          parts.traces.run(idOf(exchange, fact.callKey), fact.kind, () => onFact(parts, fact));
        }
      }
      if (snapshots.length > 0) return Promise.all(snapshots).then(() => undefined);
      return chains.waiting() > MAX_WAITING ? chains.idle() : undefined;
    },
    stored: (key) => chains.stored(idOf(exchange, key)),
    idle: chains.idle,
    [Symbol.asyncDispose]: async () => {
      const giveUp = new AbortController();
      await Promise.race([chains.idle(), backOff(1, DRAIN_MS, DRAIN_MS, giveUp.signal)]);
      giveUp.abort();
      chains.stop();
    },
  };
}

/** What was given up would leave calls talking and agents taken for ever: the exchange says how it stands now. */
async function resyncLine({ lines, log }: Context, { id }: Exchange): Promise<void> {
  log.error({ connector: id }, "facts of a call could not be stored and were given up; the exchange is asked for its calls");
  const line = lines.get(id);
  await line?.ready(READY_MS);
  await line?.resync();
}

/** Further wishes while the work is under way are one more run after it. What fails is tried again with the next wish, or by the connection. */
function onceAtATime(work: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async () => {
    do {
      again = false;
      await work().catch(() => undefined);
    } while (again);
    running = false;
  };
  return () => {
    again = running;
    if (running) return;
    running = true;
    void run();
  };
}

function onFact(parts: Parts, fact: CallFact): void {
  const { context, exchange, chains } = parts;
  const callId = idOf(exchange, fact.callKey);
  const employeeId = "extension" in fact ? (context.agents.byExtension(exchange.tenant, fact.extension) ?? "") : "";
  const decide = decideFact(fact, { employeeId, callId, ...about(parts) });
  if (fact.kind !== "call_queued" && fact.kind !== "agent_offered") {
    chains.add(callId, { decide });
    if (fact.kind === "call_ended") {
      context.callers.forget(callId);
      parts.traces.forget(callId);
    }
    return;
  }
  const { input, create } = newCall(parts, callId, fact.callKey, fact, fact.queue, fact.at);
  recognise(parts, input);
  if (fact.kind === "agent_offered") {
    if (employeeId === "")
      context.log.warn({ extension: fact.extension, callId }, "a phone rings that belongs to no employee: give somebody this extension");
    const ring = { offerId: offerIdOf(callId, fact), employeeId, at: fact.at };
    // What we offered ourselves has been shown when we did.
    if (!exchange.routed || fact.via === "transfer") void context.pops.show({ ...input, tenant: exchange.tenant, offer: ring });
  }
  chains.add(callId, { decide, create });
  if (fact.kind === "call_queued") parts.arrivals.add(callId, fact, chains.stored(callId));
}

/** After a cut: what is gone has ended, what is there is as the exchange says. */
async function onSnapshot(parts: Parts, snapshot: Snapshot): Promise<void> {
  const { context, exchange, chains } = parts;
  const live = new Set(snapshot.liveLinkedids);
  const lost = new Set(
    snapshot.calls.filter(({ phase, ringing }) => phase === "waiting" && ringing.length === 0).map(({ callKey }) => callKey.linkedid),
  );
  for await (const state of context.calls.liveOf(exchange.tenant, exchange.id)) {
    // The new owner's epoch goes onto every live call first.
    chains.add(state.id, { decide: (call) => ({ state: call, events: [] }) });
    if (lost.has(state.linkedid) && isSettled(state)) void letGo(parts, state);
    if (!live.has(state.linkedid) && beganBefore(state, snapshot.at)) chains.add(state.id, { decide: (call) => end(call, 0, snapshot.at) });
  }
  for (const seen of snapshot.calls) {
    if (seen.phase === "other") continue;
    const callId = idOf(exchange, seen.callKey);
    const { input, create } = newCall(parts, callId, seen.callKey, seen, seen.queue, snapshot.at - seen.waitMs);
    recognise(parts, input);
    const who = (extension: string) => context.agents.byExtension(exchange.tenant, extension) ?? "";
    const waits = seen.phase === "waiting";
    chains.add(callId, {
      create,
      decide: (call) => (waits ? waitsAsSeen(parts, call, seen, snapshot.at) : nothing(call)),
    });
    for (const [n, extension] of seen.ringing.entries()) {
      const offerId = offerIdOf(callId, { extension, at: snapshot.at, ...seen.rings?.[n] });
      const ring = { offerId, employeeId: who(extension), extension };
      chains.add(callId, { decide: (call) => offer(call, ring, snapshot.at) });
    }
    if (seen.phase !== "talking" || seen.extension === "") continue;
    chains.add(callId, { decide: (call) => asksOnExchange(call, seen.ringing, snapshot.at - ON_THEIR_WAY_MS, snapshot.at) });
    const answered = { kind: "call_answered", extension: seen.extension, at: snapshot.at, waitMs: seen.waitMs } as const;
    chains.add(callId, { decide: decideFact(answered, { employeeId: who(seen.extension), callId, ...about(parts) }) });
  }
}

/** Where we distribute, who has left a queue of ours waits on the exchange until they are let go: that is no coming back. */
function waitsAsSeen(parts: Parts, call: Call, { queue, waitMs, ringing }: SnapshotCall, at: number): Decided {
  const { wrapUp } = about(parts).queueOf(call.queue);
  const wanted = call.routed ? handedTo(call) : undefined;
  const joins = !call.routed || call.state === "dialling";
  // Was handed on to somebody who is not there any more.
  const back = call.routed && call.state === "wrap_up" && ringing.length === 0 && call.queue !== "";
  const came = joins ? joinQueue(call, queue, wrapUp, at - waitMs) : back ? joinQueue(call, call.queue, wrapUp, at) : nothing(call);
  // A former owner handed the call on, but was gone before that was stored.
  const joined = wanted === undefined ? came : joinQueue(call, wanted, wrapUp, at);
  const { state, events } = waitsOnExchange(joined.state, ringing, at - ON_THEIR_WAY_MS, at);
  return { state, events: [...joined.events, ...events] };
}

/** What is being dialled may not be on the exchange yet. */
function beganBefore({ state, queuedAt, dialledAt = queuedAt }: Call, at: number): boolean {
  return dialledAt <= (state === "dialling" ? at - ON_THEIR_WAY_MS : at);
}

/** Has left the queue, or was handed on from no queue to somebody who is not there any more: nobody is going to answer this call. */
const isSettled = ({ routed, outcome, state, queue }: Call) =>
  routed && (outcome === "left_queue" || (state === "wrap_up" && queue === ""));

/** A former owner was to hang up, but was gone before. */
async function letGo({ context: { lines, log }, exchange }: Parts, call: Call): Promise<void> {
  const line = lines.get(exchange.id);
  try {
    await line?.ready(READY_MS);
    await line?.hangUp(call);
  } catch (error) {
    log.warn({ err: error, callId: call.id }, "a caller whom nobody is going to answer could not be let go");
  }
}

const about = ({ context, exchange }: Parts) => ({
  dialsOut: exchange.dialsOut,
  queueOf: (queue: string) => context.queues.of(exchange.tenant, queue),
});

function newCall(
  { context, exchange }: Parts,
  callId: string,
  key: CallKey,
  caller: Caller,
  queue: string,
  at: number,
): { input: NewCall; create: () => Decided } {
  const number = normalizeNumber(caller.callerNumber);
  const input: NewCall = {
    id: callId,
    connectorId: exchange.id,
    linkedid: key.linkedid,
    startedAt: key.startedAt,
    queue,
    direction: "inbound",
    routed: exchange.routed,
    callerNumber: number ?? caller.callerNumber,
    numberHash: number ? context.hashNumber(number) : "",
    ...(caller.callerVerdict === undefined ? {} : { callerVerdict: caller.callerVerdict }),
    numberKind: number ? "known" : caller.callerNumber === "" ? "withheld" : "invalid",
  };
  return { input, create: () => queueCall(input, at) };
}

/** Asks who is calling as soon as the caller waits, so that the answer is there when the phone rings. */
function recognise(
  { context, exchange, chains }: Parts,
  { id, callerNumber, numberHash, numberKind, queue }: Pick<Call, "id" | "callerNumber" | "numberHash" | "numberKind" | "queue">,
): void {
  if (!context.callers.isNew(id)) return;
  const { preferLastAgentMs } = context.queues.of(exchange.tenant, queue);
  if (exchange.routed && numberHash !== "" && preferLastAgentMs > 0) {
    context.calls.lastAgent(exchange.tenant, numberHash, context.now() - preferLastAgentMs).then(
      (employeeId) => employeeId && chains.add(id, { decide: (call) => prefer(call, employeeId) }),
      (error: unknown) => context.log.warn({ err: error, callId: id }, "who talked to a caller before is not known; anybody gets the call"),
    );
  }
  const { final } = context.callers.of({ id, tenant: exchange.tenant, number: callerNumber, withheld: numberKind !== "known" });
  void final.then(({ status, certainty, matches }) => {
    if (status === "pending") return;
    const { customerId = "", grade = "" } = (certainty === "sure" && matches[0]) || {};
    chains.add(id, { decide: (call) => identify(call, certainty || "none", customerId, context.now(), grade) });
  });
}

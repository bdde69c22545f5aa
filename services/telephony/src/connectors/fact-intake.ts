import { normalizeNumber } from "@trunkline/phone-number";
import { backOff, contentId, serviceScope } from "@trunkline/runtime";
import { isDomainError } from "@trunkline/errors";
import type { Context } from "../context.ts";
import { type Call, type Decided, end, identify, offer, queueCall } from "../domain/call.ts";
import { decideFact } from "../domain/decide-fact.ts";
import type { Caller, CallKey, PbxFact, Snapshot } from "./facts.ts";

/** One exchange of one tenant. */
export type Exchange = { readonly id: string; readonly tenant: string };

type Step = { readonly decide: (call: Call) => Decided; readonly create?: () => Decided };

const MAX_WAITING = 5_000;
const STORE_TRIES = 30;

/**
 * Turns facts into calls. The pop goes out before anything is stored; facts of one call are applied in order, and those
 * that waited meanwhile go into one write. Above 5,000 waiting facts the exchange's socket is held back.
 */
export function factIntake(context: Context, exchange: Exchange): { handle(facts: readonly PbxFact[]): void | Promise<void>; idle(): Promise<void> } & AsyncDisposable {
  const { calls, callers, log, now } = context;
  const chains = new Map<string, { steps: Step[]; running: Promise<void> }>();
  const stop = new AbortController();
  let waiting = 0;

  const scopeOf = (callId: string) => serviceScope("telephony", exchange.tenant, callId);
  const write = async (callId: string, steps: readonly Step[]) => {
    const all = (call: Call) => steps.reduce<Decided>(({ state, events }, step) => merge(events, step.decide(state)), { state: call, events: [] });
    try {
      await calls.update(scopeOf(callId), callId, all);
    } catch (error) {
      const create = steps.find((step) => step.create)?.create;
      if (!isDomainError(error) || error.code !== "call_not_found") throw error;
      if (!create) return;
      const first = create();
      const { state, events } = all(first.state);
      await calls.create(scopeOf(callId), callId, { state, events: [...first.events, ...events] });
    }
  };
  const run = async (callId: string, chain: { steps: Step[] }) => {
    while (chain.steps.length > 0) {
      const steps = chain.steps.splice(0);
      for (let attempt = 1; attempt <= STORE_TRIES; attempt++) {
        try {
          await write(callId, steps);
          break;
        } catch (error) {
          log.warn({ err: error, callId, attempt }, "a call could not be stored; it is tried again");
          if (stop.signal.aborted) break;
          await backOff(attempt, 50, 2_000, stop.signal);
        }
      }
      waiting -= steps.length;
    }
    chains.delete(callId);
  };
  const enqueue = (callId: string, step: Step) => {
    waiting += 1;
    const chain = chains.get(callId);
    if (chain) return void chain.steps.push(step);
    const fresh = { steps: [step], running: Promise.resolve() };
    chains.set(callId, fresh);
    fresh.running = Promise.resolve().then(() => run(callId, fresh));
  };

  const newCall = (callId: string, key: CallKey, caller: Caller, queue: string, at: number) => {
    const number = normalizeNumber(caller.callerNumber);
    const numberKind = number ? "known" : caller.callerNumber === "" ? "withheld" : "invalid";
    const input = { id: callId, connectorId: exchange.id, linkedid: key.linkedid, queue, callerNumber: number ?? caller.callerNumber, numberHash: number ? context.hashNumber(number) : "", numberKind } as const;
    return { input, create: () => queueCall(input, at) };
  };
  /** Asks who is calling as soon as the caller waits, so that the answer is there when the phone rings. */
  const recognise = (callId: string, input: Pick<Call, "callerNumber" | "numberKind">) => {
    const { final } = callers.of({ id: callId, tenant: exchange.tenant, number: input.callerNumber, withheld: input.numberKind !== "known" });
    final.then(({ status, certainty, matches }) => {
      if (status === "pending") return;
      const customerId = certainty === "sure" ? (matches[0]?.customerId ?? "") : "";
      enqueue(callId, { decide: (call) => identify(call, certainty || "none", customerId, now()) });
    });
  };

  const onFact = (fact: Exclude<PbxFact, Snapshot | { kind: "member_status" } | { kind: "member_removed" }>) => {
    const callId = contentId(exchange.id, String(fact.callKey.startedAt), fact.callKey.linkedid);
    const employeeId = "extension" in fact ? (context.agents.byExtension(exchange.tenant, fact.extension) ?? "") : "";
    const decide = decideFact(fact, { employeeId, callId, wrapUpLimitMs: context.wrapUpLimitMs });
    if (fact.kind !== "call_queued" && fact.kind !== "agent_offered") {
      enqueue(callId, { decide });
      if (fact.kind === "call_ended") callers.forget(callId);
      return;
    }
    const { input, create } = newCall(callId, fact.callKey, fact, fact.queue, fact.at);
    recognise(callId, input);
    if (fact.kind === "agent_offered") {
      const ring = { offerId: offerIdOf(callId, fact.extension, fact.at), employeeId, at: fact.at };
      if (employeeId === "") log.warn({ extension: fact.extension, callId }, "a phone rings that belongs to no employee: give somebody this extension");
      void context.pops.show({ ...input, tenant: exchange.tenant, offer: ring });
    }
    enqueue(callId, { decide, create });
  };

  /** After a cut: what is gone has ended, what is there is as the exchange says. */
  const onSnapshot = async (snapshot: Snapshot) => {
    const live = new Set(snapshot.liveLinkedids);
    for (const { state } of await calls.liveOf(exchange.id)) {
      if (!live.has(state.linkedid) && state.queuedAt <= snapshot.at) enqueue(state.id, { decide: (call) => end(call, 0, snapshot.at) });
    }
    for (const seen of snapshot.calls) {
      if (seen.phase === "other") continue;
      const callId = contentId(exchange.id, String(seen.callKey.startedAt), seen.callKey.linkedid);
      const { input, create } = newCall(callId, seen.callKey, seen, seen.queue, snapshot.at - seen.waitMs);
      recognise(callId, input);
      for (const extension of seen.ringing) {
        const employeeId = context.agents.byExtension(exchange.tenant, extension) ?? "";
        const ring = { offerId: offerIdOf(callId, extension, snapshot.at), employeeId, extension };
        enqueue(callId, { create, decide: (call) => offer(call, ring, snapshot.at) });
      }
      const talker = seen.phase === "talking" ? seen.extension : "";
      const employeeId = context.agents.byExtension(exchange.tenant, talker) ?? "";
      const answered = { kind: "call_answered", extension: talker, at: snapshot.at, waitMs: seen.waitMs } as const;
      enqueue(callId, { create, decide: talker === "" ? (call) => ({ state: call, events: [] }) : decideFact(answered, { employeeId, callId, wrapUpLimitMs: context.wrapUpLimitMs }) });
    }
  };

  const idle = async () => {
    while (chains.size > 0) await Promise.all([...chains.values()].map(({ running }) => running));
  };
  return {
    handle(facts) {
      const snapshots: Promise<void>[] = [];
      for (const fact of facts) {
        if (fact.kind === "snapshot") snapshots.push(onSnapshot(fact));
        else if (fact.kind !== "member_status" && fact.kind !== "member_removed") onFact(fact);
      }
      if (snapshots.length > 0) return Promise.all(snapshots).then(() => undefined);
      return waiting > MAX_WAITING ? idle() : undefined;
    },
    idle,
    [Symbol.asyncDispose]: async () => {
      await Promise.race([idle(), backOff(1, 5_000, 5_000)]);
      stop.abort();
    },
  };
}

/** The same ring has the same id, whoever reports it. */
export function offerIdOf(callId: string, extension: string, at: number): string {
  return contentId(callId, extension, String(at));
}

function merge(before: Decided["events"], { state, events }: Decided): Decided {
  return { state, events: [...before, ...events] };
}

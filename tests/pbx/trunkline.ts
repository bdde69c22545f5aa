import { setTimeout as sleep } from "node:timers/promises";
import { fromBinary } from "@bufbuild/protobuf";
import { timestampMs } from "@bufbuild/protobuf/wkt";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { repeat, serviceScope } from "@trunkline/runtime";
import { type Lease, memoryBackend } from "@trunkline/store";
import { takeCallEvent } from "../../services/analytics/src/consumers/take-call-event.ts";
import { openFactStore } from "../../services/analytics/src/stores/fact-store.ts";
import type { ConnectorConfig } from "../../services/telephony/src/connector-config.ts";
import { openAmiConnection } from "../../services/telephony/src/connectors/ami/connection.ts";
import { openConnectors } from "../../services/telephony/src/connectors/open-connectors.ts";
import type { Context } from "../../services/telephony/src/context.ts";
import { changeMode } from "../../services/telephony/src/domain/agent-session.ts";
import { unsetQueue } from "../../services/telephony/src/domain/call-queue.ts";
import { openFloor, TENANT } from "../../services/telephony/src/floor.test-support.ts";
import { openDistributor } from "../../services/telephony/src/flows/distributor.ts";
import { factIntake } from "../../services/telephony/src/intake/fact-intake.ts";
import { type Talks, talksFrom } from "./cdr.ts";
import { type Counts, NONE } from "./queue-log.ts";

export type Pbx = { readonly host: string; readonly port: number; readonly user: string; readonly secret: string };
const SILENT = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const READY_MS = 10_000;
const ENDED_MS = 10_000;
const OFFER_MS = 3_000;

/** Telephony's stores and decisions by the real clock, all in this process's memory. */
async function openDesk(extensions: readonly string[], queues: readonly string[]) {
  const stack = new AsyncDisposableStack();
  const floor = stack.use(await openFloor([]));
  Object.defineProperty(floor.world, "now", { get: Date.now, set: () => undefined });
  const { calls, sessions, agents, queues: settings } = floor.context;
  for (const extension of extensions)
    await agents.put(TENANT, extension, { extension, active: true, skills: {}, roles: ["agent"], sequence: 1 });
  for (const queue of queues) {
    const set = unsetQueue(queue, 60_000);
    await settings.put(TENANT, { ...set, offerMs: OFFER_MS, wrapUp: { ...set.wrapUp, mode: "none" } });
  }
  const callers = { isNew: () => false, forget: () => undefined } as unknown as Context["callers"];
  const context: Context = { ...floor.context, callers };
  const page = async () => (await calls.page(TENANT, {}, { by: "queuedAt", direction: -1, size: 200, token: "" })).items;
  let seen = new Set<string>();
  return {
    floor,
    context,
    stack,
    page,
    sets: (employeeId: string, mode: "ready" | "offline") =>
      sessions.change(serviceScope("telephony", TENANT, employeeId), employeeId, Date.now(), (session) =>
        changeMode(session, { mode, reason: "" }, Date.now()),
      ),
    /** The calls that have come since this was asked last, once they are over. */
    async talks(): Promise<Talks> {
      const last = Date.now() + ENDED_MS;
      let all = await page();
      while (all.some(({ endedAt }) => endedAt === undefined) && Date.now() < last) {
        await sleep(100);
        await floor.drain();
        all = await page();
      }
      const mine = all.filter(({ id }) => !seen.has(id));
      seen = new Set(all.map(({ id }) => id));
      const picked = mine.flatMap(({ offers }) => offers).filter(({ ended }) => ended === "answered").length;
      const answeredAt = mine.flatMap(({ answeredAt: at }) => (at === undefined ? [] : [at]));
      const spans = mine.map(({ queuedAt, endedAt = 0 }) => ({ begin: queuedAt, end: endedAt }));
      const talkMs = mine.reduce((sum, call) => sum + call.talkMs + call.holdMs, 0);
      return { ...talksFrom(spans, []), answers: picked, firstAnswer: answeredAt.length ? Math.min(...answeredAt) : 0, talkMs };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Beside the exchange's own queues: the connection, and the figures that analytics makes of its calls. */
export async function openTrunkline(pbx: Pbx, extensions: readonly string[]) {
  const desk = await openDesk(extensions, []);
  const { floor, context, stack } = desk;
  const intake = stack.use(factIntake(context, { id: "pbx", tenant: TENANT, routed: false, dialsOut: false, epoch: 1 }));
  const connection = stack.use(openAmiConnection({ ...pbx, log: SILENT, now: Date.now, onFacts: intake.handle }));
  await connection.ready(READY_MS);
  const facts = await openFactStore(memoryBackend({ offer: () => true }, Date.now));
  let taken = 0;
  return {
    talks: desk.talks,
    /** What Trunkline has counted in this queue so far. */
    async counts(queue: string): Promise<Counts> {
      await intake.idle();
      await floor.drain();
      for (const { topic, id, n, payload } of floor.published.slice(taken))
        if (topic.endsWith("telephony.call.v1")) {
          const event = fromBinary(CallEventSchema, payload);
          const at = event.occurredAt ? timestampMs(event.occurredAt) : 0;
          await takeCallEvent(facts, { tenant: TENANT, id, sequence: n, now: 0 }, { event, at });
        }
      taken = floor.published.length;
      const counts = { ...NONE };
      for (const { row } of await facts.dirty(10_000)) {
        if (row.queue !== queue) continue;
        const sum = (measure: string) => row.parts.reduce((total, part) => total + (part.measure === measure ? part.n : 0), 0);
        counts.offered += sum("calls_offered");
        counts.answered += sum("calls_answered");
        counts.abandoned += sum("calls_abandoned");
        counts.left += sum("calls_left_queue");
        counts.talkMs += (row.memory["talkMs"] ?? 0) + (row.memory["holdMs"] ?? 0);
      }
      return counts;
    },
    [Symbol.asyncDispose]: desk[Symbol.asyncDispose],
  };
}

export type Ari = Pick<Extract<ConnectorConfig, { kind: "ari" }>, "url" | "user" | "secret" | "app" | "endpoint">;
type Step = "hold" | "resume" | { readonly transfer: "blind" | "attended"; readonly to: string };

/** Where Trunkline distributes: the connection and its rounds as in the service. */
export async function openRouting(ari: Ari, extensions: readonly string[], queue: string) {
  const desk = await openDesk(extensions, [queue]);
  const { stack, page, sets, talks, floor } = desk;
  const id = "ari";
  const connector: ConnectorConfig = {
    ...ari,
    id,
    kind: "ari",
    tenant: TENANT,
    callerNumber: "",
    dialAllow: [],
    dialPerMinute: 1,
    dialPerDay: 1,
    timeZone: "UTC",
  };
  const context: Context = { ...desk.context, connectors: [connector] };
  const lease: Lease = {
    hold: async () => true,
    held: () => true,
    epoch: () => 1,
    owner: async () => "check",
    [Symbol.asyncDispose]: async () => undefined,
  };
  stack.use(repeat({ what: "events", everyMs: 50, work: floor.drain, log: SILENT }));
  await openConnectors(new Map([[id, lease]]), context, { log: SILENT, stack }, (exchange, line, arrivals) =>
    openDistributor(context, exchange, line, arrivals),
  );
  const line = await until(() => context.lines.get(id));
  await line.ready(READY_MS);
  return {
    talks,
    sets,
    /** Has it done with the caller who talks, as from the agent's desktop. */
    async order(step: Step): Promise<void> {
      const call = (await page()).find(({ state }) => state === "talking" || state === "held");
      if (!call) throw new Error("nobody talks");
      if (typeof step === "string") return await line[step](call);
      await line.transfer(call, { destination: step.to, kind: step.transfer });
    },
    [Symbol.asyncDispose]: desk[Symbol.asyncDispose],
  };
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (const last = Date.now() + READY_MS; Date.now() < last; await sleep(20)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error("no connection to the exchange");
}

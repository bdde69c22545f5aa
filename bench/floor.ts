// The floor of bench assign: ready agents with 50 skills, and callers who wait for what nobody can, on telephony's own stores and distribution.
import { createRelay } from "@trunkline/events";
import { connectKafka } from "@trunkline/events/kafka";
import { createLogger, inParallel, serviceScope, systemClock } from "@trunkline/runtime";
import { memoryBackend } from "@trunkline/store";
import { connectMongo, mongoBackend } from "@trunkline/store/mongo";
import type { Context } from "../services/telephony/src/context.ts";
import { changeMode, forget } from "../services/telephony/src/domain/agent-session.ts";
import { end, queueCall } from "../services/telephony/src/domain/call.ts";
import { unsetQueue } from "../services/telephony/src/domain/call-queue.ts";
import { lineUp } from "../services/telephony/src/domain/line-up.ts";
import { openDistributor } from "../services/telephony/src/flows/distributor.ts";
import { agentSessionTopic } from "../services/telephony/src/stores/agent-session-store.ts";
import { callTopic } from "../services/telephony/src/stores/call-store.ts";
import { openStores } from "../services/telephony/src/stores/open-stores.ts";
import type { ReadyAgents } from "../services/telephony/src/stores/ready-agents.ts";
import type { Slice } from "./harness.ts";
import { openLoop } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { cpuUs, offer, slowed } from "./worker.ts";

export const TENANT = "bench";
export const WAITING = 10_000;
/** Calls that find an agent at once, in one burst. */
export const BURST = 200;
/** What distribution has under way at once. */
export const WIDTH = 64;
const BURSTS = 2;
const SKILLS = 50;
const PBX = "bench";

export type Place = {
  readonly mongoUrl: string;
  readonly kafkaBrokers: string;
  readonly name: string;
  readonly store: BenchOptions["store"];
  readonly slowMs: number;
};
const log = createLogger("bench-assign", "warn");

const skill = (n: number) => `skill-${n % SKILLS}`;
const scope = (id: string) => serviceScope("telephony", TENANT, id);
const skillsOf = (n: number) => Object.fromEntries([0, 7, 19, 26, 38].map((step, k) => [skill(n + step), 1 + ((n + k) % 4)]));
/** A queue that needs no skill. */
const ANYBODYS = "anybodys";

/** As if nobody were there, until it is opened: then all who wait find somebody at once. */
function gatedAgents(ready: ReadyAgents) {
  let open = true;
  let changed: () => void = () => undefined;
  return {
    ready: {
      ...ready,
      of: async (tenant: string) => (open ? ready.of(tenant) : lineUp()),
      follow: (heard: (tenant: string) => void) => {
        changed = () => heard(TENANT);
        return ready.follow(heard);
      },
    },
    set(to: boolean) {
      open = to;
      changed();
    },
  };
}

async function backendOf({ store, mongoUrl, kafkaBrokers, name }: Place) {
  const transport = connectKafka(kafkaBrokers, "assign", log, `${name}.`);
  await transport.ensureTopics([callTopic, agentSessionTopic]);
  const relay = await createRelay(transport);
  if (store === "memory") return { backend: memoryBackend(relay, systemClock), drop: async () => undefined };
  const mongo = await connectMongo(mongoUrl, name);
  return { backend: mongoBackend({ mongo, relay, now: systemClock, log }), drop: () => mongo.connection.dropDatabase() };
}

async function openFloor(place: Place, size: number) {
  const { backend, drop } = await backendOf(place);
  const stores = await openStores({ backend, now: systemClock, log, wrapUpLimitMs: 1 }, new AsyncDisposableStack());
  const { agents, sessions, calls, queues } = stores;
  const rung = new Map<string, () => void>();
  const line = {
    ring: slowed(place.slowMs, async ({ linkedid }: { readonly linkedid: string }) => rung.get(linkedid)?.()),
    hangUp: async () => undefined,
    resync: async () => undefined,
    originate: async () => undefined,
    callIntoQueue: async () => undefined,
    dialOut: "",
    callerNumber: "",
  };
  const row = { active: true, roles: ["agent"], sequence: 1 };
  await inParallel([...Array(size).keys()], WIDTH, async (n) => {
    const id = `agent-${n}`;
    await agents.put(TENANT, id, { ...row, extension: String(100_000 + n), skills: skillsOf(n) });
    await sessions.change(scope(id), id, n, (session) => changeMode(session, { mode: "ready", reason: "" }, n));
  });
  for (let n = 0; n < SKILLS; n++) {
    await queues.put(TENANT, { ...unsetQueue(`queue-${n}`, 1), skills: [{ skill: skill(n), level: 1 }] });
    await queues.put(TENANT, { ...unsetQueue(`expert-${n}`, 1), skills: [{ skill: skill(n), level: 5 }] });
  }
  const comes = (id: string, queue: string) => {
    const key = { id, connectorId: PBX, linkedid: id, startedAt: 1, queue, direction: "inbound", routed: true } as const;
    return calls.create(scope(id), id, queueCall({ ...key, callerNumber: "", numberHash: "", numberKind: "withheld" }, Date.now()));
  };
  await inParallel([...Array(WAITING).keys()], WIDTH, (n) => comes(`waits-${n}`, `expert-${n % SKILLS}`));
  const pops = { show: async () => undefined };
  const gate = gatedAgents(stores.ready);
  const context = { ...stores, ready: gate.ready, pops, now: systemClock, log } as unknown as Context;
  openDistributor(context, { id: PBX, tenant: TENANT, routed: true, dialsOut: false, epoch: 1 }, line);
  /** Both are as before, but for their histories. */
  const over = async (callId: string) => {
    const { offers } = await calls.update(scope(callId), callId, (call) => end(call, 16, Date.now()));
    const employeeId = offers[0]?.employeeId ?? "";
    await sessions.change(scope(employeeId), employeeId, Date.now(), (session) => forget(session, () => true, Date.now()));
  };
  const rings = (callId: string) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    rung.set(callId, resolve);
    return promise.finally(() => rung.delete(callId));
  };
  return { comes, rings, over, gate, drop };
}

if (import.meta.main) {
  let floor: Awaited<ReturnType<typeof openFloor>>;
  let total = 0;
  const burst = async () => {
    floor.gate.set(false);
    const ids = Array.from({ length: BURST }, () => `burst-${total++}`);
    await inParallel(ids, WIDTH, (id) => floor.comes(id, ANYBODYS));
    const all = Promise.all(ids.map(floor.rings));
    const [began, cpu] = [performance.now(), cpuUs()];
    floor.gate.set(true);
    await all;
    const slice = { wallMs: performance.now() - began, cpuUs: cpuUs() - cpu };
    await inParallel(ids, WIDTH, floor.over);
    return slice;
  };
  offer({
    async open(place: Place, size: number) {
      floor = await openFloor(place, size);
    },
    async burst(): Promise<Slice> {
      let [wallMs, cpu] = [0, 0];
      for (let n = 0; n < BURSTS; n++) {
        const one = await burst();
        wallMs += one.wallMs;
        cpu += one.cpuUs;
      }
      return { ops: BURST * BURSTS, wallMs, latenciesMs: new Float64Array(), cpuUs: cpu };
    },
    async arrive(perSecond: number, ms: number): Promise<Slice> {
      const latencies: number[] = [];
      const cpu = cpuUs();
      await openLoop(perSecond, Math.round((perSecond * ms) / 1000), async () => {
        const id = `comes-${total++}`;
        const [rung, began] = [floor.rings(id), performance.now()];
        await floor.comes(id, `queue-${total % SKILLS}`);
        await rung;
        latencies.push(performance.now() - began);
        await floor.over(id);
      });
      return { ops: latencies.length, wallMs: ms, latenciesMs: Float64Array.from(latencies), cpuUs: cpuUs() - cpu };
    },
    drop: () => floor.drop().then(() => undefined),
  });
}

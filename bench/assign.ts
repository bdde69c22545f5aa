// A waiting call to the order to ring an agent, durable: 200, 2,000 and 20,000 ready agents with 50 skills, 10,000 calls that wait for what
// nobody can. Beside it the same two conditional updates alone, and app_queue of a real Asterisk with as many members.
import { connectKafka, createRelay, ensureTopics } from "@trunkline/events";
import { connectMongo, memoryBackend, mongoBackend } from "@trunkline/mongo";
import { createLogger, serviceScope, systemClock } from "@trunkline/runtime";
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
import { benchEngines } from "./engines.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Round, type Slice } from "./harness.ts";
import { closedLoop, openLoop } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { offer, startWorker, type Worker } from "./worker.ts";

const SIZES = [200, 2_000, 20_000] as const;
const [SMALL, MIDDLE, LARGE] = SIZES;
const WAITING = 10_000;
const SKILLS = 50;
/** Calls that find an agent at once, in one burst. */
const BURST = 200;
const BURSTS = 2;
/** What distribution has under way at once. */
const WIDTH = 64;
const PER_SECOND = 20;
const TENANT = "bench";
const PBX = "bench";

type Place = {
  readonly mongoUrl: string;
  readonly kafkaBrokers: string;
  readonly name: string;
  readonly store: BenchOptions["store"];
  readonly slowMs: number;
};
const log = createLogger("bench-assign", "warn");

export async function assign(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const memory = options.store === "memory";
  const engines = stack.use(await benchEngines(memory ? ["kafka"] : ["kafka", "mongo"], options.progress));
  const mongoUrl = memory ? "" : engines.mongoUrl;
  const { kafkaBrokers } = engines;
  const placeOf = (size: number): Place => ({
    mongoUrl,
    kafkaBrokers,
    name: `bench-assign-${process.pid}-${size}`,
    store: options.store,
    slowMs: options.slowMs,
  });
  const floors = new Map<number, Worker>();
  for (const size of SIZES) {
    options.progress(`${size} agents come to work, ${WAITING} callers wait`);
    const floor = stack.use(startWorker(import.meta.url, "floor", { telemetry: true }));
    await floor.ask("open", placeOf(size), size);
    floors.set(size, floor);
  }
  const bare = memory ? undefined : stack.use(startWorker(import.meta.url, "bare"));
  await bare?.ask("open", placeOf(MIDDLE));
  const ours = [...floors];
  const bursts = ours.map(([size, floor]): Contender => ({ name: `trunkline_${size}`, run: () => floor.ask<Slice>("burst") }));
  const plan = { rounds: options.rounds, slices: Math.ceil(options.slices / 4), sliceMs: 0, warmUpMs: 0 };
  const rates = await alternate(
    [...bursts, ...(bare ? [{ name: "bare", run: () => bare.ask<Slice>("burst") }] : [])],
    plan,
    options.progress,
  );
  const perSecond = options.rate ?? PER_SECOND;
  const calm = { rounds: options.rounds, slices: 1, sliceMs: 4_000, warmUpMs: 1_000 };
  const peer = await appQueue(stack, options, perSecond);
  const latencies: [string, readonly Round[]][] = [];
  for (const [size, floor] of ours) {
    const arrivals: Contender = { name: `to_ring_${size}`, run: (ms) => floor.ask<Slice>("arrive", perSecond, ms) };
    latencies.push(...(await alternate([arrivals, ...(await peer(size))], calm, options.progress)));
  }
  for (const floor of floors.values()) await floor.ask("drop");
  await bare?.ask("drop");
  return verdict(options, memory ? "stores in memory" : engines.engine, new Map([...rates, ...latencies]), perSecond);
}

function verdict(options: BenchOptions, engine: string, rounds: ReadonlyMap<string, readonly Round[]>, perSecond: number): Result {
  const memory = options.store === "memory";
  const worst = (...lists: readonly number[][]) => (lists[0] ?? []).map((_, n) => Math.max(...lists.map((list) => list[n] ?? Number.NaN)));
  const growth = worst(
    perRound(rounds, "rate", `trunkline_${SMALL}`, `trunkline_${MIDDLE}`),
    perRound(rounds, "rate", `trunkline_${MIDDLE}`, `trunkline_${LARGE}`),
  );
  const peer = options.appQueue !== undefined;
  return judge(
    {
      name: memory ? "assign --store memory" : "assign",
      engine,
      rounds: options.rounds,
      figures: figuresOf(rounds),
      notes: [
        `rate: bursts of ${BURST} calls that find an agent each, ${WIDTH} under way at once, ${WAITING} others wait for a level that nobody has; from the change that frees them to the last order to ring`,
        "limit: bare, the same two conditional updates (find, then update with the version) on copies of the same documents with the same indexes, 2,000 agents",
        `to_ring: ${perSecond} calls a second come one by one; from before the call is stored to the order to ring`,
        peer
          ? "peer: app_queue of Asterisk, which keeps nothing; from its event that the caller has joined to its event that a phone rings; the worst of the three sizes"
          : "without --app-queue there is no app_queue beside it",
      ],
    },
    {
      growth_10x: { values: growth, target: { atMost: 1.5 } },
      ...(memory
        ? {}
        : { rate_vs_bare: { values: perRound(rounds, "rate", `trunkline_${MIDDLE}`, "bare"), target: { atLeast: 0.7 }, steady: true } }),
      ...(peer
        ? {
            p99_vs_app_queue: {
              values: worst(...SIZES.map((size) => perRound(rounds, "p99Ms", `to_ring_${size}`, `app_queue_${size}`))),
              target: { atMost: 1 },
            },
          }
        : {}),
    },
  );
}

/** The peer with so many members; none without --app-queue. */
async function appQueue(
  stack: AsyncDisposableStack,
  { appQueue: address, progress }: BenchOptions,
  perSecond: number,
): Promise<(size: number) => Promise<Contender[]>> {
  if (address === undefined) return async () => [];
  const asterisk = stack.use(startWorker(new URL("app-queue.ts", import.meta.url).href, "app_queue"));
  await asterisk.ask("open", address);
  stack.defer(() => asterisk.ask("staff", 0));
  const run = async (ms: number): Promise<Slice> => {
    const latenciesMs = await asterisk.ask<Float64Array>("place", perSecond, Math.round((perSecond * ms) / 1000));
    return { ops: latenciesMs.length, wallMs: ms, latenciesMs, cpuUs: 0 };
  };
  return async (size) => {
    progress(`app_queue gets ${size} members`);
    await asterisk.ask("staff", size);
    return [{ name: `app_queue_${size}`, run }];
  };
}

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
      follow: (tenant: string, heard: () => void) => {
        changed = heard;
        return ready.follow(tenant, heard);
      },
    },
    set(to: boolean) {
      open = to;
      changed();
    },
  };
}

async function backendOf({ store, mongoUrl, kafkaBrokers, name }: Place) {
  const kafka = connectKafka(kafkaBrokers, "assign", log, `${name}.`);
  await ensureTopics(kafka, [callTopic, agentSessionTopic], {});
  const relay = await createRelay(kafka);
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
    ring: async ({ linkedid }: { readonly linkedid: string }) => rung.get(linkedid)?.(),
    hangUp: async () => undefined,
    resync: async () => undefined,
    originate: async () => undefined,
    callIntoQueue: async () => undefined,
    dialOut: "",
    callerNumber: "",
  };
  if (place.slowMs > 0) {
    const ring = line.ring;
    line.ring = async (call) => {
      await new Promise((resolve) => setTimeout(resolve, place.slowMs));
      await ring(call);
    };
  }
  const row = { active: true, roles: ["agent"], signedOutAt: 0, sequence: 1 };
  await closedCount(size, async (n) => {
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
  await closedCount(WAITING, (n) => comes(`waits-${n}`, `expert-${n % SKILLS}`));
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

/** So many operations, some at once. */
async function closedCount(count: number, operation: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const runner = async () => {
    for (let n = next++; n < count; n = next++) await operation(n);
  };
  await Promise.all(Array.from({ length: WIDTH }, runner));
}

const cpuUs = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

function floorRole() {
  let floor: Awaited<ReturnType<typeof openFloor>>;
  let total = 0;
  const burst = async () => {
    floor.gate.set(false);
    const ids = Array.from({ length: BURST }, () => `burst-${total++}`);
    await closedCount(BURST, (n) => floor.comes(ids[n] as string, ANYBODYS));
    const all = Promise.all(ids.map(floor.rings));
    const [began, cpu] = [performance.now(), cpuUs()];
    floor.gate.set(true);
    await all;
    const slice = { wallMs: performance.now() - began, cpuUs: cpuUs() - cpu };
    await closedCount(BURST, (n) => floor.over(ids[n] as string));
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

type Doc = { _id: string; version: number } & Record<string, unknown>;

/** Copies of the floor's documents and indexes, updated as distribution updates them, and nothing else. */
function bareRole() {
  let update: (n: number) => Promise<void>;
  let drop: () => Promise<unknown>;
  let total = 0;
  offer({
    async open({ mongoUrl, name }: Place) {
      const mongo = await connectMongo(mongoUrl, `${name}-bare`);
      const client = mongo.connection.getClient();
      const [from, to] = [client.db(name), client.db(`${name}-bare`)];
      drop = () => to.dropDatabase();
      const copied = async (collection: string) => {
        const target = to.collection<Doc>(collection);
        const indexes = await from.collection(collection).indexes();
        for (const { key, name: _name, v: _v, ...options } of indexes) await target.createIndex(key, options);
        await target.insertMany((await from.collection<Doc>(collection).find().limit(MIDDLE).toArray()) as never);
        const ids = (await target.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
        return { target, ids };
      };
      const [calls, sessions] = [await copied("calls"), await copied("agent_sessions")];
      const write = async ({ target, ids }: typeof calls, n: number, set: object) => {
        const doc = await target.findOne({ _id: ids[(n * 1_999) % ids.length] as string });
        if (!doc) throw new Error("a document is missing");
        const change = { $set: { ...set, version: doc.version + 1 } };
        const written = await target.findOneAndUpdate({ _id: doc._id, version: doc.version }, change, { projection: { _id: 1 } });
        if (!written) throw new Error("a version has moved");
      };
      update = async (n) => {
        const at = Date.now();
        const ring = { offerId: "00000000-0000-0000-0000-000000000000", employeeId: `agent-${n}`, extension: "100000", at, ended: "" };
        await write(calls, n, { state: "ringing", offers: [{ ...ring, expiresAt: at }], nextDueAt: at, openFor: [`${TENANT}/agent-${n}`] });
        const work = [{ callId: `burst-${n}`, offerId: ring.offerId, phase: "reserved", since: at }];
        await write(sessions, n, { work, stateSince: at, offeredAt: at, oldestWork: at, writtenAt: at });
      };
    },
    async burst(): Promise<Slice> {
      const cpu = cpuUs();
      const load = await closedLoop(WIDTH, 1_000, () => update(total++));
      return { ...load, cpuUs: cpuUs() - cpu };
    },
    drop: () => drop().then(() => undefined),
  });
}

if (import.meta.main) ({ floor: floorRole, bare: bareRole })[process.argv[2] as "floor" | "bare"]();

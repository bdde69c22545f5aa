import { setTimeout as delay } from "node:timers/promises";
import { type Desktop, EXTENSIONS, logIn, openDesktop, PASSWORD } from "@trunkline/dev-env";
import { Redis } from "ioredis";
import mongoose from "mongoose";
import { startBatchLoad } from "./batch-load.ts";
import { carried } from "./carried.ts";
import { isRouted } from "./check-calls.ts";
import { startFloorLoad } from "./floor-load.ts";
import { type Arena, type Drill, openArena } from "./harness.ts";
import type { Load } from "./load.ts";
import { AGENTS, FLOOR, openFloor } from "./open-floor.ts";
import { seeded } from "./seeded.ts";
import { SMS_RATE, watchRate } from "./sms-rate.ts";

const TALK_MS = 4_000;
const SHOWN_MS = 10_000;
/** Issue 4: so soon after Redis is back every desktop is told again as it happens. The quick form runs on machines that do other things. */
const BACK_MS = 5_000;
const QUICK_BACK_MS = 10_000;
/** Longer than the news of a call's end takes. */
const NEWS_MS = 2_000;
const FEW = 6;

type Stage = Arena & {
  readonly quick: boolean;
  readonly print: (line: string) => void;
  readonly desktops: ReadonlyMap<string, Desktop>;
  readonly redis: Redis;
  /** When a desktop was last told something as it happened, and not by a snapshot; performance time. */
  readonly told: ReadonlyMap<string, number>;
};
/** How long the desktops were without what happens after it was over, and how many agents were kept by calls that were over meanwhile. */
type Struck = { readonly backMs: number; readonly kept: number };
type Fault = {
  readonly name: string;
  readonly calls: number;
  readonly quickCalls: number;
  readonly ringEveryMs: number;
  /** A fault begins at the place `first` of so many calls. */
  readonly every: number;
  readonly first: number;
  /** Calls that we distribute and messages at a rate go on meanwhile. */
  readonly busy: boolean;
  readonly strike: (stage: Stage, extension: string) => Promise<Struck>;
};

/**
 * Calls ring, calls are distributed and messages go out while Redis is emptied or away, and desktops are cut and come back. Every ring
 * must be on the right agent's desktop, once; agents get calls meanwhile; no second may see more messages than the rate allows.
 */
const redisFault =
  ({ name, calls, quickCalls, ringEveryMs, every, first, busy, strike }: Fault): Drill =>
  async (options) => {
    await using arena = await openArena(options);
    const rate = { SMS_PER_SECOND: String(options.sabotage ? 0 : SMS_RATE) };
    await arena.arm({ marketing: rate, ...(options.sabotage ? { telephony: { FAILPOINTS: "pop.drop=on" } } : {}) });
    await using open = new AsyncDisposableStack();
    const redis = open.adopt(new Redis(arena.system.engines().redisUrl), (client) => client.disconnect());
    redis.on("error", () => undefined);
    const told = new Map<string, number>();
    const desktops = await openDesktops(arena, open, told);
    const stage = { ...arena, ...options, desktops, redis, told };
    const others = busy ? [await startFloor(arena, options.seed), startBatchLoad(arena)] : [];
    const sent = open.use(watchRate(arena.system));
    let [offered, strikes, recoveryMs, kept] = [0, 0, 0, 0];
    let striking: Promise<void> | undefined;
    const hit = async (extension: string) => {
      strikes += 1;
      const struck = await strike(stage, extension);
      recoveryMs = Math.max(recoveryMs, struck.backMs);
      kept = Math.max(kept, struck.kept);
      options.print(`${name}: desktops back after ${Math.round(struck.backMs)} ms`);
      striking = undefined;
    };
    for (let n = 0; n < (options.quick ? quickCalls : calls) || striking; n++) {
      const extension = EXTENSIONS[n % EXTENSIONS.length] as string;
      offered += 1;
      ring(arena, extension, n);
      if (n % every === first) striking ??= hit(extension);
      await delay(ringEveryMs);
    }
    const shown = () => EXTENSIONS.reduce((sum, extension) => sum + new Set(popped(desktops, extension)).size, 0);
    const load: Load = {
      offered: () => offered,
      acknowledged: shown,
      finish: async () => {
        for (let waited = 0; waited < SHOWN_MS && shown() < offered; waited += 100) await delay(100);
        await delay(TALK_MS + 500);
        for (const extension of EXTENSIONS)
          for (const number of popped(desktops, extension)) arena.log({ kind: "popped", extension, number });
      },
    };
    const result = await arena.judge(name, options, [load, ...others], strikes);
    const tooMany = sent.tooMany();
    if (tooMany > 0) options.print(`doubled: ${tooMany} messages went out that the rate of ${SMS_RATE} a second does not allow`);
    const stuck = kept + (recoveryMs > (options.quick ? QUICK_BACK_MS : BACK_MS) ? 1 : 0);
    return {
      ...result,
      doubled: result.doubled + tooMany,
      stuck: result.stuck + stuck,
      recoveryMs: Math.round(recoveryMs),
      met: result.met && tooMany + stuck === 0,
    };
  };

async function startFloor(arena: Arena, seed: number): Promise<Load> {
  const { exchange, tokens } = await openFloor(arena, seeded(seed), EXTENSIONS.length);
  const addresses = [arena.system.environments.rpc.telephony];
  return startFloorLoad({
    exchange,
    queue: FLOOR,
    seed,
    log: arena.log,
    tokens: tokens.map((token) => carried(arena.system, token)),
    addresses,
  });
}

/** A call that is answered and over after a while. */
function ring({ system, tenant, log }: Arena, extension: string, n: number): void {
  const pbx = system.simulators.pbx.get(tenant);
  if (!pbx) throw new Error(`${tenant} has no exchange`);
  const from = `139${String(20_000_000 + n)}`;
  const call = pbx.placeCall({ from, queue: "support" });
  call.ring(extension);
  log({ kind: "rang", extension, number: `+86${from}` });
  void delay(TALK_MS).then(() => {
    call.answer(extension);
    call.hangup("caller");
    log({ kind: "call", linkedid: call.linkedid, outcome: "answered" });
  });
}

async function openDesktops(
  { system, tenant }: Arena,
  open: AsyncDisposableStack,
  told: Map<string, number>,
): Promise<Map<string, Desktop>> {
  const desktops = new Map<string, Desktop>();
  for (const extension of EXTENSIONS) {
    const { token } = await logIn(system.gatewayUrl, tenant, `agent${extension}`, PASSWORD);
    const heard = ({ type }: { readonly type: string }) => void (type === "frame" && told.set(extension, performance.now()));
    desktops.set(extension, open.use(await openDesktop(system.desktopUrl, token, { heard })));
  }
  return desktops;
}

function popped(desktops: ReadonlyMap<string, Desktop>, extension: string): string[] {
  const pops = (desktops.get(extension)?.frames ?? []).filter(({ type, revision }) => type === "pop" && revision === 1);
  return pops.map(({ caller }) => caller?.number ?? "");
}

async function cut({ desktops }: Stage, extension: string): Promise<void> {
  desktops.get(extension)?.cut();
  await desktops.get(extension)?.reconnect();
}

/** Agents to whom we distribute and whose calls have ended without their knowing; the database says so. */
async function keptByCallsThatAreOver({ system }: Stage): Promise<number> {
  const { MONGO_DATABASE = "" } = system.environments.env.telephony;
  const connection = await mongoose.createConnection(system.engines().mongoUrl).asPromise();
  try {
    const db = connection.useDb(MONGO_DATABASE).db;
    const calls = (await db?.collection("calls").find({}).toArray()) ?? [];
    const over = new Set(
      calls.filter((call) => isRouted(call) && call["endedAt"] < Date.now() - NEWS_MS).map(({ _id }) => String(_id).split("/")[1]),
    );
    const sessions = (await db?.collection("agent_sessions").find({}).toArray()) ?? [];
    return sessions.filter(({ work }) => (work as { callId: string }[]).some(({ callId }) => over.has(callId))).length;
  } finally {
    await connection.close();
  }
}

/** An emptied mailbox is known by its epoch, and a snapshot fills the gap. */
export const redisFlush = redisFault({
  name: "redis-flush",
  calls: 5_000,
  quickCalls: 60,
  ringEveryMs: 50,
  every: 20,
  first: 10,
  busy: false,
  strike: async (stage, extension) => {
    const began = performance.now();
    await stage.redis.flushall();
    await cut(stage, extension);
    return { backMs: performance.now() - began, kept: 0 };
  },
});

/** While Redis is away, desktops get snapshots. */
export const redisDown = redisFault({
  name: "redis-down",
  calls: 2_000,
  quickCalls: 20,
  ringEveryMs: 200,
  every: 800,
  first: 15,
  busy: true,
  strike: async (stage, extension) => {
    const engines = stage.system.engines();
    await engines.kill("redis");
    const awayMs = stage.quick ? 8_000 : 60_000;
    await delay(awayMs / 2);
    await cut(stage, extension);
    await delay(awayMs / 2);
    const kept = await keptByCallsThatAreOver(stage);
    stage.print(`${kept} of ${AGENTS - EXTENSIONS.length} agents are kept by calls that were over ${NEWS_MS} ms ago`);
    await engines.restart("redis");
    const back = performance.now();
    const waiting = () => EXTENSIONS.filter((one) => (stage.told.get(one) ?? 0) < back);
    while (waiting().length > 0 && performance.now() - back < 2 * QUICK_BACK_MS) await delay(50);
    // A few may be late where the machine is slow.
    return { backMs: performance.now() - back, kept: kept > FEW ? kept : 0 };
  },
});

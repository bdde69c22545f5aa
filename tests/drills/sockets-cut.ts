import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "@trunkline/dev-env";
import type { PbxSimulator } from "@trunkline/dev-env/simulators";
import { startWorker, type Worker } from "../../bench/worker.ts";
import { listenedTo } from "./call-load.ts";
import type { Agent, Back, Told } from "./desktops.ts";
import { type Arena, BETWEEN_FAULTS_MS, type Drill, openArena } from "./harness.ts";
import { type Load, startLoad } from "./load.ts";
import { engageMany, QUEUE } from "./many-agents.ts";

const RINGS_PER_SECOND = 10;
/** As long as another instance takes to have the exchange; where the machine is slow, a phone rings on until that is so. */
const RING_MS = 5_000;
const QUICK_BETWEEN_MS = 1_500;
/** So long the desktops have to come back, and pops to come after the last ring. */
const BACK_MS = 30_000;
const RESUMED = 0.999;

/**
 * A socket for each agent, all on one of two instances of telephony while calls ring: cut at once, and their instance restarted and killed.
 * Each goes on where it was, at whichever instance: nothing missed, nothing out of order, nothing twice.
 */
export const socketsCut: Drill = async (options) => {
  const [sockets, rounds, calls] = options.quick ? [200, 1, 0] : [2_000, 5, 5_000];
  await using arena = await openArena(options, false, 0);
  await using open = new AsyncDisposableStack();
  const sabotage = options.sabotage ? { FAILPOINTS: "resume.drop=on" } : {};
  const { pbx, agents, settings } = open.use(await engageMany(arena, sockets, sabotage));
  const second = await arena.system.another("telephony", settings);
  const desktops = open.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  await desktops.ask("open", agents, [arena.system.desktopUrl, second.desktopUrl]);
  const load = startRings(arena, pbx, agents, desktops);
  const instances = [arena.system.process("telephony"), second.process];
  let [faults, anew, recoveryMs] = [0, 0, 0];
  for (let fault = 0; fault < rounds * FAULTS.length || load.offered() < calls; fault++) {
    await delay(options.quick ? QUICK_BETWEEN_MS : BETWEEN_FAULTS_MS);
    const { what, strike } = FAULTS[fault % FAULTS.length] as (typeof FAULTS)[number];
    const back = await struck(desktops, () => strike(desktops, instances[fault % 2] as ServiceProcess));
    faults += 1;
    recoveryMs = Math.max(recoveryMs, back.longestMs);
    if (back.away > 0 || back.resumed < RESUMED * (back.resumed + back.anew)) anew += back.away + back.anew;
    options.print(`${what}: ${back.resumed} resumed, ${back.anew} began anew, the last after ${Math.round(back.longestMs)} ms`);
  }
  const result = await arena.judge("sockets-cut", options, [load], faults);
  const { missed, outOfOrder, doubled, frames } = await desktops.ask<Told>("told");
  options.print(`${frames} frames: ${missed} missed, ${outOfOrder} out of order, ${doubled} twice on one socket`);
  return {
    ...result,
    lost: result.lost + missed + anew,
    doubled: result.doubled + doubled,
    outOfOrder,
    recoveryMs: Math.round(recoveryMs),
    met: result.met && missed + anew + outOfOrder + doubled === 0,
  };
};

type Fault = { readonly what: string; readonly strike: (desktops: Worker, instance: ServiceProcess) => Promise<void> };

const FAULTS: readonly Fault[] = [
  { what: "all sockets cut", strike: async (desktops) => void (await desktops.ask("breaks", true)) },
  {
    what: "their instance restarted",
    async strike(desktops, instance) {
      await desktops.ask("breaks", false);
      await instance.kill("SIGTERM");
      await instance.start();
    },
  },
  {
    what: "their instance killed",
    async strike(desktops, instance) {
      await desktops.ask("breaks", false);
      await instance.kill();
      await instance.start();
    },
  },
];

/** What became of the desktops that a fault broke, when all are back or when there is no more time. */
async function struck(desktops: Worker, strike: () => Promise<void>): Promise<Back> {
  await strike();
  for (const end = performance.now() + BACK_MS; ; await delay(100)) {
    const back = await desktops.ask<Back>("back");
    if ((back.away === 0 && back.resumed + back.anew > 0) || performance.now() > end) return back;
  }
}

/** Rings at one agent after the other, each until nobody can have failed to hear of it. Acknowledged is what was on a desktop. */
function startRings({ log }: Arena, pbx: PbxSimulator, agents: readonly Agent[], desktops: Worker): Load {
  let shown = 0;
  const call = async (extension: string, n: number) => {
    const from = `138${String(20_000_000 + n)}`;
    const placed = pbx.placeCall({ from, queue: QUEUE });
    placed.ring(extension);
    log({ kind: "rang", extension, number: `+86${from}` });
    await delay(RING_MS);
    await listenedTo(pbx);
    placed.answer(extension);
    await listenedTo(pbx);
    placed.hangup("caller");
    log({ kind: "call", linkedid: placed.linkedid, outcome: "answered" });
  };
  const load = startLoad([
    async (tally) => {
      const calls: Promise<void>[] = [];
      while (!tally.ending()) {
        const { extension } = agents[tally.offered % agents.length] as Agent;
        calls.push(call(extension, tally.offered++));
        await delay(1_000 / RINGS_PER_SECOND);
      }
      await Promise.all(calls);
    },
  ]);
  const finish = async () => {
    await load.finish();
    const pops = () => desktops.ask<Told>("told").then((told) => told.pops);
    for (const end = performance.now() + BACK_MS; (await pops()).length < load.offered() && performance.now() < end; ) await delay(250);
    for (const { extension, number } of await pops()) log({ kind: "popped", extension, number });
    shown = new Set((await pops()).map(({ number }) => number)).size;
  };
  return { offered: load.offered, acknowledged: () => shown, finish };
}

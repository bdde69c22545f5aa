import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "@trunkline/dev-env";
import type { PbxSimulator } from "@trunkline/dev-env/simulators";
import { startWorker, type Worker } from "../../bench/worker.ts";
import type { Agent, Back, News, Told } from "./desktops.ts";
import { type Arena, BETWEEN_FAULTS_MS, type Drill, openArena } from "./harness.ts";
import { type Load, startLoad } from "./load.ts";
import { engageMany, QUEUE } from "./many-agents.ts";

const RINGS_PER_SECOND = 10;
/** As long as another instance takes to have the exchange; where the machine is slow, a phone rings on until its desktop shows it. */
const RING_MS = 5_000;
/** And they talk until the desktop says so. */
const TALK_MS = 3_000;
/** What was not on a desktop by then is lost. */
const MOST_MS = 120_000;
/** A slow machine is rung less often. */
const MOST_CALLS = 100;
const QUICK_BETWEEN_MS = 1_500;
/** So long the desktops have to come back. */
const BACK_MS = 120_000;
/** Of the desktops that came back; in a quick drill the mailboxes of a slow machine may answer too late, and a snapshot does as well. */
const RESUMED = 0.999;

/**
 * A socket for each agent, all on one of two instances of telephony while calls ring: cut at once, and their instance restarted and killed.
 * Each goes on where it was, at whichever instance: nothing missed, nothing out of order, nothing twice.
 */
export const socketsCut: Drill = async (options) => {
  const [sockets, rounds, calls, least] = options.quick ? [200, 1, 0, 0] : [2_000, 5, 5_000, RESUMED];
  await using arena = await openArena(options, false, 0);
  await using open = new AsyncDisposableStack();
  const sabotage = options.sabotage ? { FAILPOINTS: "resume.drop=on" } : {};
  const { pbx, agents, settings } = open.use(await engageMany(arena, sockets, sabotage));
  const second = await arena.system.another("telephony", settings);
  const desktops = open.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  await desktops.ask("open", agents, [arena.system.desktopUrl, second.desktopUrl]);
  const load = startRings(arena, pbx, agents, desktops);
  const instances = [arena.system.process("telephony"), second.process];
  let [faults, resumed, anew, recoveryMs] = [0, 0, 0, 0];
  for (let fault = 0; fault < rounds * FAULTS.length || load.offered() < calls; fault++) {
    await delay(options.quick ? QUICK_BETWEEN_MS : BETWEEN_FAULTS_MS);
    const { what, strike } = FAULTS[fault % FAULTS.length] as (typeof FAULTS)[number];
    const back = await struck(desktops, () => strike(desktops, instances[fault % 2] as ServiceProcess));
    faults += 1;
    resumed += back.resumed;
    recoveryMs = Math.max(recoveryMs, back.longestMs);
    anew += back.away;
    if (back.resumed < least * (back.resumed + back.anew)) anew += back.anew;
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
    met: result.met && resumed > 0 && missed + anew + outOfOrder + doubled === 0,
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

/** Rings at one agent after the other, each until it was on a desktop. Acknowledged is what was. */
function startRings({ log }: Arena, pbx: PbxSimulator, agents: readonly Agent[], desktops: Worker): Load {
  const told = { shown: new Set<string>(), talking: new Set<string>() };
  let [underWay, over] = [0, false];
  const listen = async () => {
    for (; !over; await delay(100)) {
      const news = await desktops.ask<News>("news");
      for (const what of ["shown", "talking"] as const) for (const [number] of news[what]) told[what].add(number);
    }
  };
  const listening = listen();
  const until = async (what: keyof typeof told, number: string) => {
    for (const end = performance.now() + MOST_MS; !told[what].has(number) && performance.now() < end; ) await delay(50);
  };
  const call = async (extension: string, n: number) => {
    const number = `+86138${String(20_000_000 + n)}`;
    const placed = pbx.placeCall({ from: number.slice(3), queue: QUEUE });
    placed.ring(extension);
    log({ kind: "rang", extension, number });
    await Promise.all([delay(RING_MS), until("shown", number)]);
    placed.answer(extension);
    await Promise.all([delay(TALK_MS), until("talking", number)]);
    placed.hangup("caller");
    log({ kind: "call", linkedid: placed.linkedid, outcome: "answered" });
    underWay -= 1;
  };
  const load = startLoad([
    async (tally) => {
      const calls: Promise<void>[] = [];
      while (!tally.ending()) {
        const { extension } = agents[tally.offered % agents.length] as Agent;
        underWay += 1;
        calls.push(call(extension, tally.offered++));
        do await delay(1_000 / RINGS_PER_SECOND);
        while (underWay >= MOST_CALLS);
      }
      await Promise.all(calls);
    },
  ]);
  const finish = async () => {
    await load.finish();
    over = true;
    await listening;
    for (const { extension, number } of (await desktops.ask<Told>("told")).pops) log({ kind: "popped", extension, number });
  };
  return { offered: load.offered, acknowledged: () => told.shown.size, finish };
}

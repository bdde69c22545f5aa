import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { PbxSimulator } from "@trunkline/dev-env/simulators";
import { parseAllDocuments } from "yaml";
import { closedLoop, openLoop } from "../../bench/load.ts";
import { nodeOptions } from "../../bench/service.ts";
import { nowUs, startWorker, type Worker } from "../../bench/worker.ts";
import type { Agent, News, Told } from "./desktops.ts";
import { type Drill, openArena } from "./harness.ts";
import type { Load } from "./load.ts";
import type { Log } from "./log.ts";
import { engageMany, QUEUE } from "./many-agents.ts";

const AGENTS = 200;
const WIDTH = 24;
const TIMES = 3;
const ROUNDS = 3;
const FIGURES_MS = 120_000;
/** An agent must see who is calling before the caller has rung twice. */
const IN_TIME_MS = 2_000;
/** A call's part of a second in which it rings and is talked on. */
const STEP_MS = 100;
const ASK_MS = 50;
const LONGEST_MS = 60_000;
const LEAST_GOODPUT = 0.9;
const DEPLOYED = new URL("../../deploy/k8s/base/", import.meta.url);

/**
 * Three times the calls that were carried before. What was carried then still is: as many calls are shown in time and are over as before, no
 * call is lost, memory stays within what the deployment gives, and afterwards all is as it was.
 */
export const overload: Drill = async (options) => {
  const phaseMs = options.quick ? 4_000 : 20_000;
  const mostMiB = deployedMiB();
  const settings = { WRAP_UP_LIMIT_MS: "1000", NODE_OPTIONS: nodeOptions() };
  await using arena = await openArena(options, false, 0);
  await using open = new AsyncDisposableStack();
  const sabotage = options.sabotage ? { FAILPOINTS: "intake.shed=on" } : {};
  const { pbx, agents } = open.use(await engageMany(arena, AGENTS, { ...settings, ...sabotage }));
  const desktops = open.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  await desktops.ask("open", agents, [arena.system.desktopUrl]);
  const floor = openCallers(pbx, agents, arena.log, desktops);
  open.defer(floor.close);
  const memory = open.use(watchMemory(() => arena.system.process("telephony").pid()));

  const carry = () => measured(floor, () => closedLoop(WIDTH, phaseMs, floor.whole));
  await closedLoop(WIDTH, phaseMs / 2, floor.whole);
  const rounds: { goodput: number; back: number; recoveryMs: number }[] = [];
  // What the machine carries changes with what else it does: each overload stands beside what was carried before and after it.
  for (let before = await carry(); rounds.length < ROUNDS; ) {
    const rate = Math.max(1, Math.min(before.shown, before.over)) * TIMES;
    const { during, recoveryMs } = await pressed(floor, rate, phaseMs);
    const after = await carry();
    const part = (what: keyof Rates) => (2 * during[what]) / (before[what] + after[what]);
    rounds.push({ goodput: Math.min(part("shown"), part("over")), back: after.over / before.over, recoveryMs });
    options.print(`carried: ${told(before)}; offered ${rate.toFixed(1)} a second: ${told(during)}`);
    options.print(`all was over ${Math.round(recoveryMs)} ms after the last call had come; then carried: ${told(after)}`);
    before = after;
  }
  const goodput = median(rounds.map((round) => round.goodput));
  const back = median(rounds.map((round) => round.back));
  const recoveryMs = Math.max(...rounds.map((round) => round.recoveryMs));
  // Nobody waits for the figures, and they are not what is overloaded: only that they come is asked.
  await arena.system.drain(FIGURES_MS).catch(() => undefined);
  const result = await arena.judge("overload", options, [floor.load], 1);
  const fine = goodput >= LEAST_GOODPUT && back >= LEAST_GOODPUT && memory.mostMiB() <= mostMiB;
  return {
    ...result,
    goodput: round(goodput),
    recovered: round(back),
    mostMiB: Math.round(memory.mostMiB()),
    recoveryMs: Math.round(recoveryMs),
    met: result.met && fine,
  };
};

/** Calls a second that were shown in time, and that were over. */
type Rates = { readonly shown: number; readonly over: number };

async function measured(floor: Callers, work: () => Promise<unknown>): Promise<Rates> {
  const [from, began] = [floor.counts(), performance.now()];
  await work();
  const [to, seconds] = [floor.counts(), (performance.now() - began) / 1_000];
  return { shown: (to.shown - from.shown) / seconds, over: (to.over - from.over) / seconds };
}

/** Calls come at this rate, whatever becomes of them. There is too much until the last is over, so calls over are counted until then. */
async function pressed(floor: Callers, rate: number, phaseMs: number): Promise<{ during: Rates; recoveryMs: number }> {
  let shown = 0;
  let recoveryMs = 0;
  const { over } = await measured(floor, async () => {
    shown = (await measured(floor, () => openLoop(rate, Math.round((rate * phaseMs) / 1_000), async (n) => void floor.call(n)))).shown;
    const began = performance.now();
    await floor.quiet();
    recoveryMs = performance.now() - began;
  });
  return { during: { shown, over }, recoveryMs };
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
const told = ({ shown, over }: Rates) => `${shown.toFixed(1)} calls a second shown in time, ${over.toFixed(1)} over`;
const round = (value: number) => Math.round(value * 100) / 100;

type Callers = {
  /** A call from its ring to the end; the agents take turns. */
  call(n: number): Promise<void>;
  /** The same, until the desktop was told that it is over. */
  whole(n: number): Promise<void>;
  counts(): { readonly shown: number; readonly over: number };
  /** Until every call was told to be over, or there is no more time. */
  quiet(): Promise<void>;
  close(): Promise<void>;
  readonly load: Load;
};

function openCallers(pbx: PbxSimulator, agents: readonly Agent[], log: Log, desktops: Worker): Callers {
  const rung = new Map<string, number>();
  const waiting = new Map<string, () => void>();
  const counts = { offered: 0, shown: 0, over: 0 };
  let closing = false;
  const listen = async () => {
    while (!closing) {
      await delay(ASK_MS);
      const { shown, over } = await desktops.ask<News>("news");
      for (const [number, at] of shown) if ((at - (rung.get(number) ?? 0)) / 1_000 <= IN_TIME_MS) counts.shown += 1;
      counts.over += over.length;
      for (const [number] of over) waiting.get(number)?.();
    }
  };
  const listening = listen();
  const place = async (number: string, extension: string) => {
    const call = pbx.placeCall({ from: number.slice(3), queue: QUEUE });
    rung.set(number, nowUs());
    call.ring(extension);
    log({ kind: "rang", extension, number });
    await delay(STEP_MS);
    call.answer(extension);
    await delay(STEP_MS);
    call.hangup("caller");
    log({ kind: "call", linkedid: call.linkedid, outcome: "answered" });
  };
  const next = () => {
    const n = counts.offered++;
    return [`+86138${String(20_000_000 + n)}`, (agents[n % agents.length] as Agent).extension] as const;
  };
  const quiet = async () => {
    for (const end = performance.now() + LONGEST_MS; counts.over < counts.offered && performance.now() < end; ) await delay(ASK_MS);
  };
  let shown = 0;
  return {
    call: () => place(...next()),
    async whole() {
      const [number, extension] = next();
      const over = new Promise<void>((resolve) => waiting.set(number, resolve));
      await place(number, extension);
      await Promise.race([over, delay(LONGEST_MS / 4)]);
      waiting.delete(number);
    },
    counts: () => ({ ...counts }),
    quiet,
    async close() {
      closing = true;
      await listening;
    },
    load: {
      offered: () => counts.offered,
      acknowledged: () => shown,
      async finish() {
        const { pops } = await desktops.ask<Told>("told");
        for (const { extension, number } of pops) log({ kind: "popped", extension, number });
        shown = new Set(pops.map(({ number }) => number)).size;
      },
    },
  };
}

/** The memory that the deployment gives a telephony. */
function deployedMiB(): number {
  const documents = parseAllDocuments(readFileSync(new URL("telephony.yaml", DEPLOYED), "utf8")).map((doc) => doc.toJS());
  const pod = documents.find(({ kind }) => kind === "Deployment").spec.template.spec;
  const [, mib] = /^(\d+)Mi$/.exec(pod.containers[0].resources.limits.memory) ?? [];
  return Number(mib);
}

/** The most memory that a process has had, again and again; MiB. */
function watchMemory(pidOf: () => number | undefined): { mostMiB(): number } & Disposable {
  let most = 0;
  const looking = setInterval(() => {
    const pages = Number(readFileSync(`/proc/${pidOf()}/statm`, "utf8").split(" ")[1]);
    most = Math.max(most, (pages * 4_096) / 2 ** 20);
  }, 500);
  return { mostMiB: () => most, [Symbol.dispose]: () => clearInterval(looking) };
}

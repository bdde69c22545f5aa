import { setTimeout as delay } from "node:timers/promises";
import type { AriSimulator, AriWitness, PhoneBehaviour } from "@trunkline/dev-env/simulators";
import { AgentSessionService } from "@trunkline/proto/telephony";
import { createClient } from "@trunkline/rpc";
import type { Tokens } from "./carried.ts";
import { insist } from "./insist.ts";
import { type Load, startLoad, type Tally } from "./load.ts";
import type { Log, Truth } from "./log.ts";
import { seeded } from "./seeded.ts";

/** More callers than agents, so that everybody is wanted at once. */
const CALLERS = 30;
const BETWEEN_CALLERS_MS = 400;
const TURNED_AWAY_MS = 250;
/** Longer than the queue's longest wait and any outage: whoever is still there then is stuck. */
const LONGEST_CALL_MS = 60_000;
const DEADLINE_MS = 3_000;
/** How soon an agent notices that the drill ends. */
const SLICE_MS = 250;

export type Floor = {
  readonly exchange: AriSimulator;
  readonly queue: string;
  readonly seed: number;
  readonly log: Log;
  /** The agents' tokens, and where their instances of telephony answer. */
  readonly tokens: readonly Tokens[];
  readonly addresses: readonly string[];
};

export type FloorLoad = Load & { readonly answered: () => number; readonly turnedAway: () => number };

/** What agents do when their phone rings: most answer, some are busy, reject, let it ring out or are not there. */
export function phoneBehaviour(random: () => number): PhoneBehaviour {
  const [what, when] = [random(), random()];
  if (what < 0.72) return { answerMs: 50 + when * 500 };
  if (what < 0.8) return { busyMs: when * 200 };
  if (what < 0.88) return { rejectMs: when * 1_000 };
  return what < 0.96 ? "rings" : "not_there";
}

/** Ends talks: whoever hangs up, agent or caller, some of them at once. */
function endTalks({ exchange }: Floor, random: () => number, callers: ReadonlyMap<string, () => void>): (truth: AriWitness) => void {
  return (truth) => {
    if (truth.kind === "silent" && truth.answered && random() < 0.03) {
      // Picked up and put down again, perhaps before the caller is there.
      void delay(random() * 30).then(() => quietly(() => exchange.phone(truth.extension).hangUp()));
    }
    if (truth.kind !== "met") return;
    const byAgent = random() < 0.5;
    const end = byAgent ? () => exchange.phone(truth.extension).hangUp() : () => callers.get(truth.caller)?.();
    void delay(100 + random() * 1_200).then(() => quietly(end));
  };
}

/** The line may be down by then. */
function quietly(what: () => void): void {
  try {
    what();
  } catch {
    // Nothing is left to end.
  }
}

/** Callers who come, wait and give up or talk; agents who go on break and come back; until told to end. */
export function startFloorLoad(floor: Floor): FloorLoad {
  const { exchange, queue, seed, log, tokens, addresses } = floor;
  const random = seeded(seed);
  const lines = new Map<string, () => void>();
  let [answered, turnedAway] = [0, 0];
  exchange.watch((truth) => {
    log({ ...truth, kind: "truth", what: truth.kind } as Truth);
    if (truth.kind === "met") answered += 1;
    if (truth.kind === "turned_away") turnedAway += 1;
  });
  exchange.watch(endTalks(floor, random, lines));

  const call = async (tally: Tally) => {
    const caller = exchange.call(`137${String(10_000_000 + tally.offered)}`, queue);
    if (caller.id === "") return delay(TURNED_AWAY_MS);
    tally.offered += 1;
    lines.set(caller.id, caller.hangUp);
    const gaveUp = new AbortController();
    if (random() < 0.3) void delay(200 + random() * 4_000, undefined, gaveUp).then(caller.hangUp, () => undefined);
    const ended = await Promise.race([caller.ended.then(() => true), delay(LONGEST_CALL_MS, false, gaveUp)]);
    gaveUp.abort();
    lines.delete(caller.id);
    if (ended) tally.acknowledged += 1;
    else caller.hangUp();
  };
  const caller = async (tally: Tally) => {
    while (!tally.ending()) {
      await call(tally);
      await delay(random() * BETWEEN_CALLERS_MS);
    }
  };
  const agent = async (token: Tokens, tally: Tally) => {
    const clients = addresses.map((address) => createClient(AgentSessionService, { address, ...token, deadlineMs: DEADLINE_MS }));
    const change = (mode: string, reason: string) =>
      insist(async () => clients[Math.floor(random() * clients.length)]?.changeMyMode({ mode, reason }));
    await change("ready", "");
    const rest = async (ms: number) => {
      for (let slept = 0; slept < ms && !tally.ending(); slept += SLICE_MS) await delay(SLICE_MS);
    };
    while (!tally.ending()) {
      await rest(1_000 + random() * 6_000);
      if (random() < 0.3) await change("break", "tea");
      await rest(random() * 1_500);
      await change("ready", "");
    }
    for (const client of clients) await client[Symbol.asyncDispose]();
  };
  const runners = [...tokens.map((token) => (tally: Tally) => agent(token, tally)), ...Array<typeof caller>(CALLERS).fill(caller)];
  return { ...startLoad(runners), answered: () => answered, turnedAway: () => turnedAway };
}

import { setTimeout as delay } from "node:timers/promises";
import { EXTENSIONS } from "@trunkline/dev-env";
import type { PbxSimulator } from "@trunkline/dev-env/simulators";
import type { Arena } from "./harness.ts";
import { type Load, startLoad, type Tally } from "./load.ts";

/** A call's least length; it ends when the exchange has been listened to for so long besides. */
const CALL_MS = 10_000;
const HEARD_MS = 3_000;
/** A telephony that is away for longer than this is lost, and the checker will say so. */
const MOST_MS = 120_000;
const RING_MS = 400;
/** The agents begin one after the other within this time. */
const BEGIN_MS = 2_400;
/** One caller in so many gives up. */
const ABANDON_EVERY = 4;

/** Callers with numbers of their own, one agent each after the other, until told to end. */
export function startCallLoad(arena: Arena): Load {
  const pbx = arena.system.simulators.pbx.get(arena.tenant);
  if (!pbx) throw new Error(`${arena.tenant} has no exchange`);
  return startCallLoadOn(arena, pbx, EXTENSIONS);
}

/** The same on another exchange, with a caller for each of these agents at a time. */
export function startCallLoadOn({ log }: Arena, pbx: PbxSimulator, extensions: readonly string[]): Load {
  const call = async (tally: Tally, extension: string, n: number) => {
    const outcome = n % ABANDON_EVERY === 0 ? "abandoned" : "answered";
    tally.offered += 1;
    const placed = pbx.placeCall({ from: `136${String(10_000_000 + tally.offered)}`, queue: "support" });
    await delay(RING_MS);
    placed.ring(extension);
    await delay(RING_MS);
    if (outcome === "answered") placed.answer(extension);
    await delay(CALL_MS);
    await listenedTo(pbx);
    placed.hangup("caller");
    log({ kind: "call", linkedid: placed.linkedid, outcome });
    tally.acknowledged += 1;
  };
  return startLoad(
    extensions.map((extension, place) => async (tally) => {
      await delay((place * BEGIN_MS) / extensions.length);
      for (let n = place; !tally.ending(); n++) await call(tally, extension, n);
    }),
  );
}

/**
 * One that came and went while nobody listened nobody could know of, for the exchange tells only what goes on now: a call lasts
 * until it has been listened to for a while without a break, in which what happened before is stored.
 */
async function listenedTo(pbx: PbxSimulator): Promise<void> {
  const began = performance.now();
  for (let since = began; performance.now() - since < HEARD_MS && performance.now() - began < MOST_MS; await delay(50)) {
    if (pbx.clients() === 0) since = performance.now();
  }
}

import type { Lease } from "@trunkline/mongo";
import { type Clock, inParallel, type Logger, repeat } from "@trunkline/runtime";
import { createFiring } from "./firing.ts";
import type { Hints } from "./hints.ts";
import { createMemory } from "./memory.ts";

export type Due = { readonly tenant: string; readonly id: string; readonly at: number };

/** One kind of aggregate with due times. */
export type TimerSource = {
  /** Due times up to `until`, earliest first. */
  due(until: number, limit: number): Promise<readonly Due[]>;
  /** Does what is due by now, as an ordinary versioned update: too early, late or twice does no harm. */
  fire(due: Due): Promise<void>;
};

export type Timers = {
  /** Tells of a due time that a write has just set. */
  arm(source: string, due: Due): void;
  start(sources: Readonly<Record<string, TimerSource>>): void;
  /** Fires everything that is due by now, also what it makes due in turn; how many. For tests that move the clock. */
  fireDue(): Promise<number>;
} & AsyncDisposable;

export type TimersOptions = { readonly lease: Lease; readonly hints: Hints; readonly now: Clock; readonly log: Logger };

const SCAN_MS = 1_000;
/** The owner reads this far ahead and fires from memory. */
const WINDOW_MS = 5_000;
const BATCH = 500;
const ROUNDS = 50;
const AT_ONCE = 16;

/**
 * Due times live in the aggregates and nowhere else. The owner of the lease scans for what is due within seconds and
 * keeps that in memory; whoever arms a timer inside the window hints the owner, and a lost hint costs one scan.
 */
export function createTimers({ lease, hints, now, log }: TimersOptions): Timers {
  const firing = createFiring(now, log);
  let sources: Readonly<Record<string, TimerSource>> = {};
  let scanning: AsyncDisposable | undefined;
  const fire = async (name: string, due: Due) => {
    const source = sources[name];
    return source ? firing(name, source, due) : 0;
  };
  const memory = createMemory(now, fire);
  const near = ({ at }: Due) => at <= now() + WINDOW_MS;
  const scan = async () => {
    if (!(await lease.hold())) return;
    for (const [name, source] of Object.entries(sources)) {
      const list = await source.due(now() + WINDOW_MS, BATCH);
      const overdue = list.filter(({ at }) => at <= now());
      await fireAll(overdue, (due) => fire(name, due));
      for (const due of list) if (due.at > now()) memory.keep(name, due);
    }
  };
  return {
    arm: (name, due) => {
      if (!near(due)) return;
      if (lease.held()) memory.keep(name, due);
      else hints.send(name, due);
    },
    start: (all) => {
      sources = all;
      hints.receive((name, due) => {
        if (lease.held() && near(due)) memory.keep(name, due);
      });
      scanning = repeat({ what: "looking for due timers", everyMs: SCAN_MS, work: scan, log });
    },
    fireDue: async () => {
      let fired = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const succeeded = await fireRound(sources, now(), fire);
        if (succeeded === 0) break;
        fired += succeeded;
      }
      return fired;
    },
    [Symbol.asyncDispose]: async () => {
      await scanning?.[Symbol.asyncDispose]();
      await memory[Symbol.asyncDispose]();
    },
  };
}

/** How many of them fired. */
async function fireAll(due: readonly Due[], fire: (due: Due) => Promise<number>): Promise<number> {
  const counts = await inParallel(due, AT_ONCE, fire);
  return counts.reduce((sum, count) => sum + count, 0);
}

async function fireRound(
  sources: Readonly<Record<string, TimerSource>>,
  until: number,
  fire: (name: string, due: Due) => Promise<number>,
): Promise<number> {
  let fired = 0;
  for (const [name, source] of Object.entries(sources)) fired += await fireAll(await source.due(until, BATCH), (due) => fire(name, due));
  return fired;
}

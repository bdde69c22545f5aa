import { type Clock, inParallel, type Logger, repeat } from "@trunkline/runtime";
import type { Lease } from "@trunkline/store";
import { createFiring } from "./firing.ts";
import type { Hints } from "./hints.ts";
import { createMemory } from "./memory.ts";

export type Due = { readonly tenant: string; readonly id: string; readonly at: number };

/** One kind of thing that is done when its time comes. */
export type TimerSource = {
  /** What is to be done up to `until`, at most `limit`, earliest first. */
  due(until: number, limit: number): Promise<readonly Due[]>;
  /**
   * Does what is due by now, as an ordinary versioned update: too early, late or twice does no harm.
   * @returns when to look at it again, where what it wrote does not say so: epoch ms
   */
  fire(due: Due): Promise<number | undefined>;
  /** Leaves it alone until then. */
  postpone(due: Due, until: number): Promise<void>;
  /** What keeps failing is tried again at least so often; default a minute. */
  readonly lastRetryMs?: number;
};

export type Timers = {
  /** Tells of a due time that a write has just set. */
  arm(source: string, due: Due): void;
  start(sources: Readonly<Record<string, TimerSource>>): void;
  /** As the function of this name, with the sources that were started. */
  fireDue(): Promise<number>;
} & AsyncDisposable;

export type TimersOptions = {
  /** Whose it is to fire. */
  readonly lease: Pick<Lease, "hold" | "held">;
  readonly hints: Hints;
  readonly now: Clock;
  readonly log: Logger;
};

const SCAN_MS = 1_000;
/** The owner reads this far ahead and fires from memory. */
const WINDOW_MS = 5_000;
const BATCH = 500;
const ROUNDS = 50;
const AT_ONCE = 16;

/**
 * Due times live in what they belong to and nowhere else. The owner of the lease scans each source for what is due within seconds, in a
 * loop of its own, and keeps that in memory; whoever arms a timer inside the window hints the owner, and a lost hint costs one scan.
 */
export function createTimers({ lease, hints, now, log }: TimersOptions): Timers {
  const firing = createFiring(now, log);
  let sources: Readonly<Record<string, TimerSource>> = {};
  const scanning = new AsyncDisposableStack();
  /** What is being fired, and what it was armed for meanwhile. */
  const underWay = new Map<string, Due | undefined>();
  const fire = async (name: string, due: Due) => {
    const [source, item] = [sources[name], `${name} ${due.tenant}/${due.id}`];
    if (!source) return 0;
    if (underWay.has(item)) {
      underWay.set(item, due);
      return 0;
    }
    underWay.set(item, undefined);
    const fired = await firing(name, source, due);
    const again = underWay.get(item);
    underWay.delete(item);
    // What failed waits as long as its document says: a scan brings it.
    if (again && fired > 0) memory.keep(name, again);
    return fired;
  };
  const memory = createMemory(now, fire);
  const near = ({ at }: Due) => at <= now() + WINDOW_MS;
  const scan = async (name: string, source: TimerSource) => {
    if (!(await lease.hold())) return;
    const list = await source.due(now() + WINDOW_MS, BATCH);
    for (const due of list) if (due.at > now()) memory.keep(name, due);
    await fireAll(
      list.filter(({ at }) => at <= now()),
      (due) => fire(name, due),
    );
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
      for (const [name, source] of Object.entries(all))
        scanning.use(repeat({ what: `looking for due ${name}`, everyMs: SCAN_MS, work: () => scan(name, source), log }));
    },
    fireDue: () => fireDue(sources, now, log),
    [Symbol.asyncDispose]: async () => {
      await scanning.disposeAsync();
      await memory[Symbol.asyncDispose]();
    },
  };
}

/** How many of them fired. */
async function fireAll(due: readonly Due[], fire: (due: Due) => Promise<number>): Promise<number> {
  const counts = await inParallel(due, AT_ONCE, fire);
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Fires everything that is due by now, also what it makes due in turn; how many. For tests that move the clock. */
export async function fireDue(sources: Readonly<Record<string, TimerSource>>, now: Clock, log: Logger): Promise<number> {
  const firing = createFiring(now, log);
  let fired = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const before = fired;
    for (const [name, source] of Object.entries(sources))
      fired += await fireAll(await source.due(now(), BATCH), (due) => firing(name, source, due));
    if (fired === before) break;
  }
  return fired;
}

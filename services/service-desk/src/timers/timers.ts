import { type Clock, type Logger, withDeadline } from "@trunkline/runtime";
import type { Hints } from "./hints.ts";
import type { Lease } from "./lease.ts";
import { repeat } from "./repeat.ts";

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
const PARALLEL = 16;
const FIRE_MS = 10_000;
const ROUNDS = 50;
const MAX_KNOWN = 5_000;
const RETRY_MS = 60_000;

/**
 * Due times live in the aggregates and nowhere else. The owner of the lease scans for what is due within seconds and
 * keeps that in memory; whoever arms a timer inside the window hints the owner, and a lost hint costs one scan.
 */
export function createTimers({ lease, hints, now, log }: TimersOptions): Timers {
  const known = new Map<string, NodeJS.Timeout>();
  const failures = new Map<string, { count: number; until: number }>();
  let sources: Readonly<Record<string, TimerSource>> = {};
  let scanning: AsyncDisposable | undefined;
  let closed = false;
  const underWay = new Set<Promise<unknown>>();

  const fire = async (name: string, due: Due): Promise<number> => {
    const source = sources[name];
    const key = `${name} ${due.tenant}/${due.id}`;
    if (!source || closed || (failures.get(key)?.until ?? 0) > now()) return 0;
    try {
      await withDeadline(`the timer of ${name}`, FIRE_MS, source.fire(due));
      failures.delete(key);
      return 1;
    } catch (error) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      if (failures.size >= MAX_KNOWN) failures.clear();
      failures.set(key, { count, until: now() + Math.min(RETRY_MS, 500 * 2 ** count) });
      log.warn({ err: error, source: name, id: due.id, count }, "a timer could not fire; it is tried again");
      return 0;
    }
  };
  const track = (work: Promise<unknown>) => {
    underWay.add(work);
    work.finally(() => underWay.delete(work));
  };
  const keep = (name: string, due: Due) => {
    const key = `${name} ${due.tenant}/${due.id} ${due.at}`;
    if (known.has(key) || known.size >= MAX_KNOWN || closed) return;
    const timeout = setTimeout(() => {
      known.delete(key);
      // The runtime's timer may come a moment before the clock says so.
      if (due.at > now()) keep(name, due);
      else track(fire(name, due));
    }, Math.max(0, due.at - now()));
    known.set(key, timeout);
  };
  const scan = async () => {
    if (!(await lease.hold())) return;
    for (const [name, source] of Object.entries(sources)) {
      const list = await source.due(now() + WINDOW_MS, BATCH);
      await inParallel(list.filter(({ at }) => at <= now()), (due) => fire(name, due));
      for (const due of list) if (due.at > now()) keep(name, due);
    }
  };
  const arm = (name: string, due: Due) => {
    if (due.at > now() + WINDOW_MS || closed) return;
    if (lease.held()) keep(name, due);
    else hints.send(name, due);
  };
  return {
    arm,
    start: (all) => {
      sources = all;
      hints.receive((name, due) => {
        if (lease.held() && due.at <= now() + WINDOW_MS) keep(name, due);
      });
      scanning = repeat("looking for due timers", SCAN_MS, scan, log);
    },
    fireDue: async () => {
      let fired = 0;
      for (let round = 0; round < ROUNDS; round++) {
        const lists = await Promise.all(Object.entries(sources).map(async ([name, source]) => (await source.due(now(), BATCH)).map((due) => ({ name, due }))));
        const succeeded = await inParallel(lists.flat(), ({ name, due }) => fire(name, due));
        if (succeeded === 0) break;
        fired += succeeded;
      }
      await Promise.all(underWay);
      return fired;
    },
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const timeout of known.values()) clearTimeout(timeout);
      known.clear();
      await scanning?.[Symbol.asyncDispose]();
      await Promise.all(underWay);
    },
  };
}

/** The sum of what each piece of work counts, a few at a time. */
async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<number>): Promise<number> {
  const waiting = items.values();
  let sum = 0;
  const runner = async () => {
    for (const item of waiting) sum += await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(PARALLEL, items.length) }, runner));
  return sum;
}

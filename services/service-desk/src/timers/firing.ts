import { type Clock, type Logger, withDeadline } from "@trunkline/runtime";
import type { Due, TimerSource } from "./timers.ts";

const FIRE_MS = 10_000;
const MAX_FAILURES = 5_000;
const RETRY_MS = 60_000;

/** Fires one due time; 1 when it succeeded. What failed is left alone for a while, longer each time, and holds up nothing else. */
export type Fire = (name: string, source: TimerSource, due: Due) => Promise<number>;

export function createFiring(now: Clock, log: Logger): Fire {
  const failures = new Map<string, { count: number; until: number }>();
  return async (name, source, due) => {
    const key = `${name} ${due.tenant}/${due.id}`;
    if ((failures.get(key)?.until ?? 0) > now()) return 0;
    try {
      await withDeadline(`the timer of ${name}`, FIRE_MS, source.fire(due));
      failures.delete(key);
      return 1;
    } catch (error) {
      const count = (failures.get(key)?.count ?? 0) + 1;
      if (failures.size >= MAX_FAILURES) failures.clear();
      failures.set(key, { count, until: now() + Math.min(RETRY_MS, 500 * 2 ** count) });
      log.warn({ err: error, source: name, id: due.id, count }, "a timer could not fire; it is tried again");
      return 0;
    }
  };
}

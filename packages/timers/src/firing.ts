import { type Clock, type Logger, withDeadline } from "@trunkline/runtime";
import type { Due, TimerSource } from "./timers.ts";

const FIRE_MS = 10_000;
const MAX_FAILURES = 5_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** Fires one due time; 1 when it succeeded. What failed is postponed in its own document, longer each time: it holds up nothing else. */
export type Fire = (name: string, source: TimerSource, due: Due) => Promise<number>;

export function createFiring(now: Clock, log: Pick<Logger, "warn">): Fire {
  /** How often in a row; whoever is not in it any more begins again with a short wait. */
  const failures = new Map<string, number>();
  return async (name, source, due) => {
    const key = `${name} ${due.tenant}/${due.id}`;
    try {
      const again = await withDeadline(`the timer of ${name}`, FIRE_MS, source.fire(due));
      if (again !== undefined) await source.postpone(due, again);
      failures.delete(key);
      return 1;
    } catch (error) {
      const count = (failures.get(key) ?? 0) + 1;
      if (failures.size >= MAX_FAILURES) failures.clear();
      failures.set(key, count);
      if (Number.isInteger(Math.log2(count)))
        log.warn({ err: error, source: name, id: due.id, count }, "a timer could not fire; it is tried again");
      const wait = Math.min(source.lastRetryMs ?? LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** (count - 1));
      await source
        .postpone(due, now() + wait)
        .catch((failure: unknown) => log.warn({ err: failure, source: name }, "a timer could not be postponed"));
      return 0;
    }
  };
}

import type { Clock } from "@trunkline/runtime";
import type { Due } from "./timers.ts";

/** Due times of the next seconds, each fired when the clock says so. */
export type Memory = { keep(name: string, due: Due): void } & AsyncDisposable;

/** Beyond this many the next scan has to bring the rest. */
const MAX_KEPT = 5_000;

/** @param fire never rejects; disposal drops what is kept and waits for what is under way */
export function createMemory(now: Clock, fire: (name: string, due: Due) => Promise<unknown>): Memory {
  const kept = new Map<string, NodeJS.Timeout>();
  const underWay = new Set<Promise<unknown>>();
  let closed = false;
  const run = (name: string, due: Due) => {
    const work = fire(name, due).finally(() => underWay.delete(work));
    underWay.add(work);
  };
  const keep = (name: string, due: Due) => {
    const key = `${name} ${due.tenant}/${due.id} ${due.at}`;
    if (kept.has(key) || kept.size >= MAX_KEPT || closed) return;
    const wake = () => {
      kept.delete(key);
      // The runtime's timer may come a moment before the clock says so.
      if (due.at > now()) keep(name, due);
      else run(name, due);
    };
    kept.set(key, setTimeout(wake, Math.max(0, due.at - now())));
  };
  return {
    keep,
    [Symbol.asyncDispose]: async () => {
      closed = true;
      for (const timeout of kept.values()) clearTimeout(timeout);
      kept.clear();
      await Promise.all(underWay);
    },
  };
}

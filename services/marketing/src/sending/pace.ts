import { backOff } from "@trunkline/runtime";

/** Waits for its turn: at most `perSecond` turns a second, evenly, without saving up idle time. 0: no limit. */
export function createPace(perSecond: number): (signal: AbortSignal) => Promise<void> {
  if (perSecond === 0) return async () => undefined;
  const gap = 1_000 / perSecond;
  let next = 0;
  return async (signal) => {
    const turn = Math.max(next, performance.now());
    next = turn + gap;
    while (performance.now() < turn && !signal.aborted) await backOff(1, turn - performance.now(), 60_000, signal);
  };
}

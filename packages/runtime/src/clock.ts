/** Time of day in UTC epoch milliseconds. */
export type Clock = () => number;

/** The machine's own clock; services use databaseClock, which a stepped wall clock does not move. */
export const systemClock: Clock = () => Date.now();

/** An answer that took longer says too little about when it was true. */
const SLOW_MS = 500;

/**
 * The database's time, read at start and then every `everyMs`, plus monotonic time elapsed: all instances share one
 * clock, and a stepped wall clock neither fires a timer early nor loses it.
 * @param readTime the database's time in epoch milliseconds; a failed or slow later reading keeps the last one
 */
export async function databaseClock(readTime: () => Promise<number>, everyMs = 60_000): Promise<{ now: Clock } & AsyncDisposable> {
  let base = await measure(readTime);
  const timer = setInterval(() => {
    measure(readTime).then(
      (fresh) => {
        if (fresh.took <= SLOW_MS) base = fresh;
      },
      () => undefined,
    );
  }, everyMs);
  timer.unref();
  return {
    now: () => Math.round(base.time + performance.now() - base.at),
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  };
}

async function measure(readTime: () => Promise<number>): Promise<{ time: number; at: number; took: number }> {
  const before = performance.now();
  const time = await readTime();
  const after = performance.now();
  return { time, at: (before + after) / 2, took: after - before };
}

const TICK_MS = 1_000;

/** Visits each of them once in so many ms, a few each second: thousands at once would hold up the pop of a call that comes just then. One may have left since the round began. */
export function inTurn<T>(all: Iterable<T> & { readonly size: number }, everyMs: number, visit: (one: T) => void): () => void {
  let waiting: T[] = [];
  const ticks = everyMs / TICK_MS;
  let [each, tick] = [0, 0];
  const timer = setInterval(() => {
    if (tick === 0) [waiting, each] = [[...all], Math.ceil(all.size / ticks)];
    tick = (tick + 1) % ticks;
    for (const one of waiting.splice(0, each)) visit(one);
  }, TICK_MS);
  return () => clearInterval(timer);
}

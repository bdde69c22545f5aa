export type Load = { readonly ops: number; readonly wallMs: number; readonly latenciesMs: Float64Array };

/** Keeps `width` operations in flight for `ms`, then waits for the last of them; the rate is over the whole time. */
export async function closedLoop(width: number, ms: number, operation: (n: number) => Promise<unknown>): Promise<Load> {
  const latencies: number[] = [];
  const began = performance.now();
  const until = began + ms;
  let next = 0;
  const runner = async () => {
    for (let started = performance.now(); started < until; started = performance.now()) {
      await operation(next++);
      latencies.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: width }, runner));
  return { ops: latencies.length, wallMs: performance.now() - began, latenciesMs: Float64Array.from(latencies) };
}

/** Starts `perSecond` operations a second whatever becomes of them; `operation` gets the time at which it was due. */
export async function openLoop(perSecond: number, count: number, operation: (n: number, due: number) => Promise<unknown>): Promise<void> {
  const began = performance.now();
  const running: Promise<unknown>[] = [];
  for (let n = 0; n < count; n++) {
    const due = began + (n * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    running.push(operation(n, due));
  }
  await Promise.all(running);
}

/** Numbers from 0 to 1 that repeat for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** From so many events a second on it is a stream. Below it each goes at once: a trickle that waits is a person who waits. */
const STREAM_PER_SECOND = 300;
/** So long an event counts, fading. */
const MEMORY_MS = 250;

export type Gathering = {
  /** So many events went by now, in one batch. */
  passed(events: number): void;
  /** How long the next batch waits for company, ms: what is left of the least time between two in a stream, nothing in a trickle. */
  rest(): number;
};

/** A batch costs client, broker and every consumer the same, however little it carries; see docs/adr/0009. */
export function gathering(leastMs: number): Gathering {
  let [perSecond, at] = [0, Number.NEGATIVE_INFINITY];
  const faded = (now: number) => perSecond * Math.exp((at - now) / MEMORY_MS);
  return {
    passed(events) {
      const now = performance.now();
      [perSecond, at] = [faded(now) + (events * 1000) / MEMORY_MS, now];
    },
    rest() {
      const now = performance.now();
      return faded(now) < STREAM_PER_SECOND ? 0 : Math.max(0, leastMs - (now - at));
    },
  };
}

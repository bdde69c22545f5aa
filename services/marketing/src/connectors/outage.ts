/** When a way out that let us down is tried again: first soon, then twice as long each time, until something passes. */
export type Outage = {
  /** No reason to wait, or time to try. */
  over(): boolean;
  begin(): void;
  end(): void;
};

/** @param now any clock that only goes on, milliseconds */
export function createOutage(
  { first, most }: { readonly first: number; readonly most: number },
  now: () => number = () => performance.now(),
): Outage {
  let delay = 0;
  let until = 0;
  return {
    over: () => now() >= until,
    begin() {
      // What else was under way at that moment says the same once more, not again.
      if (now() < until) return;
      delay = Math.min(most, Math.max(first, delay * 2));
      until = now() + delay;
    },
    end() {
      delay = 0;
      until = 0;
    },
  };
}

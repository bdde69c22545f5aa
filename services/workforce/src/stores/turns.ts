import { DomainError } from "@trunkline/errors";

/** Each hash takes 19 MiB and a core for 50 ms: more at once would only starve all else. */
const AT_ONCE = 2;
/** Five seconds of them. */
const WAITING = 200;

/** @throws DomainError exhausted too_busy where the queue is full; cancelled when nobody waits for the answer any more */
export type Turns = <T>(work: () => Promise<T>, options?: { readonly first?: boolean; readonly signal?: AbortSignal }) => Promise<T>;

/** A few at once, the others in the order in which they came; who is known goes before who is not. */
export function createTurns(): Turns {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return async (work, { first = false, signal } = {}) => {
    if (busy >= AT_ONCE) {
      if (waiting.length >= WAITING)
        throw new DomainError("exhausted", "too_busy", "too many people log in just now: try again in a few seconds");
      await new Promise<void>((resolve) => (first ? waiting.unshift(resolve) : waiting.push(resolve)));
    } else busy += 1;
    try {
      if (signal?.aborted) throw new DomainError("cancelled", "cancelled", "the call was given up before it began");
      return await work();
    } finally {
      // The turn goes on to the next one, or is free.
      const next = waiting.shift();
      if (next) next();
      else busy -= 1;
    }
  };
}

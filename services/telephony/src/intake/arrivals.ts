import type { Clock } from "@trunkline/runtime";

/**
 * Callers of one connection who wait, but are not stored yet. Calls are written side by side, so a later one may be known before an earlier
 * one: distribution must not give away the agent whom the earlier one is about to find free.
 */
export type Arrivals = {
  add(callId: string, arrival: { readonly queue: string; readonly at: number }, stored: Promise<unknown>): void;
  /** Who came to the queue before this instant and is not stored yet; nobody waits longer for a write than a moment. */
  before(queue: string, at: number): Iterable<string>;
};

/** Longer than a write takes on a busy day; whoever's takes longer loses their place to those who are known. */
const HOLD_MS = 250;

export function openArrivals(now: Clock): Arrivals {
  const arriving = new Map<string, { readonly queue: string; readonly at: number; readonly since: number }>();
  return {
    add(callId, { queue, at }, stored) {
      if (arriving.has(callId)) return;
      arriving.set(callId, { queue, at, since: now() });
      void stored.finally(() => arriving.delete(callId));
    },
    *before(queue, at) {
      const late = now() - HOLD_MS;
      for (const [callId, one] of arriving) if (one.queue === queue && one.at < at && one.since > late) yield callId;
    },
  };
}

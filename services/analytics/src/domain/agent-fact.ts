import { MINUTE_MS, minuteOf, type Part } from "./fact.ts";

/** What a state is for occupancy: handling, idle, ringing, on break. Off line is none of them. */
export const STATE_MEASURES = {
  talking: "agent_handle_ms",
  wrap_up: "agent_handle_ms",
  ready: "agent_ready_ms",
  reserved: "agent_ring_ms",
  ringing: "agent_ring_ms",
  break: "agent_break_ms",
} as const;
const MEASURES = ["agent_handle_ms", "agent_ready_ms", "agent_ring_ms", "agent_break_ms"] as const;

/** As a fact's memory keeps it; 0 counts for nothing. */
export const measureCode = (state: string): number =>
  Object.hasOwn(STATE_MEASURES, state) ? MEASURES.indexOf(STATE_MEASURES[state as keyof typeof STATE_MEASURES]) + 1 : 0;

/** A state that nobody left for a day was left by a crash, not by a person. */
const MOST_MS = 86_400_000;

/** One state from its beginning to its end, counted in the minutes in which it lasted. */
export function agentStateParts({ measure = 0, endedAt = 0, lastedMs = 0 }: Readonly<Record<string, number>>): Part[] {
  const name = MEASURES[measure - 1];
  if (!name || lastedMs <= 0 || lastedMs > MOST_MS) return [];
  const parts: Part[] = [];
  for (let at = endedAt - lastedMs; at < endedAt; ) {
    const until = Math.min(endedAt, minuteOf(at) + MINUTE_MS);
    parts.push({ measure: name, at, n: until - at });
    at = until;
  }
  return parts;
}

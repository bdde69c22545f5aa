import type { Part } from "./fact.ts";

/** Callers who leave sooner are reported apart. */
const SHORT_ABANDON_MS = 5_000;
const SERVICE_LEVEL_MS = 20_000;

/** How a call left its queue, as the fact remembers it. */
export const [ANSWERED, ABANDONED, LEFT] = [1, 2, 3];

/** Everything of a call counts in the minute in which it entered the queue. */
export function callParts(memory: Readonly<Record<string, number>>): Part[] {
  const at = memory["queuedAt"];
  if (at === undefined) return [];
  const {
    outcome = 0,
    waitMs = 0,
    targetMs = 0,
    talkMs = 0,
    holdMs = 0,
    wrapUpMs = 0,
    ended = 0,
    transfers = 0,
    missedOffers = 0,
    unreachable = 0,
    shown = 0,
    shownMs = 0,
  } = memory;
  const part = (measure: string, n: number): Part[] => (n === 0 ? [] : [{ measure, at, n }]);
  const handled = outcome === ANSWERED && ended === 1;
  return [
    ...part("calls_offered", 1),
    ...part("agent_non_responses", missedOffers),
    ...part("offers_unreachable", unreachable),
    ...part("calls_transferred", transfers > 0 ? 1 : 0),
    ...part("pops_shown", shown),
    ...part("pop_shown_ms", shownMs),
    ...part("max_queued_ms", outcome === 0 ? 0 : waitMs),
    ...(outcome === ANSWERED
      ? [
          ...part("calls_answered", 1),
          ...part("answered_wait_ms", waitMs),
          ...part("answered_in_time", waitMs <= SERVICE_LEVEL_MS ? 1 : 0),
          ...part("answered_in_target", waitMs <= (targetMs || SERVICE_LEVEL_MS) ? 1 : 0),
        ]
      : []),
    ...(outcome === ABANDONED
      ? [...part("calls_abandoned", 1), ...part("abandoned_wait_ms", waitMs), ...part("short_abandons", waitMs < SHORT_ABANDON_MS ? 1 : 0)]
      : []),
    ...(outcome === LEFT ? part("calls_left_queue", 1) : []),
    ...(handled ? [...part("calls_handled", 1), ...part("handle_ms", talkMs + holdMs + wrapUpMs)] : []),
  ];
}

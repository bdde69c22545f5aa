import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { CallEvent } from "@trunkline/proto/telephony";
import type { FactChange, Part } from "./fact.ts";

/** Callers who leave sooner are reported apart. */
export const SHORT_ABANDON_MS = 5_000;
export const SERVICE_LEVEL_MS = 20_000;

const ANSWERED = 1;
const ABANDONED = 2;
const LEFT = 3;

/** What an event of a call tells the figures. */
export function callChange({ event, occurredAt }: CallEvent, before: Readonly<Record<string, number>>): FactChange {
  const at = occurredAt ? timestampMs(occurredAt) : 0;
  switch (event.case) {
    case "queued":
      return { queue: event.value.queue, at, memory: { queuedAt: at } };
    case "answered":
      // A transfer answers again: the queue's answer is the first.
      return before["outcome"] ? { memory: {} } : { memory: { outcome: ANSWERED, waitMs: Number(event.value.waitMs) } };
    case "abandoned":
      return { memory: { outcome: ABANDONED, waitMs: Number(event.value.waitMs) } };
    case "leftQueue":
      return { memory: { outcome: LEFT, waitMs: Number(event.value.waitMs) } };
    case "ended":
      return { memory: { ended: 1, talkMs: Number(event.value.talkMs), holdMs: Number(event.value.holdMs) } };
    case "wrapUpEnded":
      return { memory: { wrapUpMs: (before["wrapUpMs"] ?? 0) + Number(event.value.wrapUpMs) } };
    case "transferred":
      return { memory: { transfers: (before["transfers"] ?? 0) + 1 } };
    case "offerEnded":
      return { memory: event.value.reason === "no_answer" ? { missedOffers: (before["missedOffers"] ?? 0) + 1 } : {} };
    case "popShown":
      return { memory: { shown: (before["shown"] ?? 0) + 1, shownMs: (before["shownMs"] ?? 0) + Number(event.value.ringToShownMs) } };
    default:
      return { memory: {} };
  }
}

/** Everything of a call counts in the minute in which it entered the queue. */
export function callParts(memory: Readonly<Record<string, number>>): Part[] {
  const at = memory["queuedAt"];
  if (at === undefined) return [];
  const { outcome = 0, waitMs = 0, talkMs = 0, holdMs = 0, wrapUpMs = 0, ended = 0, transfers = 0, missedOffers = 0, shown = 0, shownMs = 0 } = memory;
  const part = (measure: string, n: number): Part[] => (n === 0 ? [] : [{ measure, at, n }]);
  const handled = outcome === ANSWERED && ended === 1;
  return [
    ...part("calls_offered", 1),
    ...part("agent_non_responses", missedOffers),
    ...part("calls_transferred", transfers > 0 ? 1 : 0),
    ...part("pops_shown", shown),
    ...part("pop_shown_ms", shownMs),
    ...part("max_queued_ms", outcome === 0 ? 0 : waitMs),
    ...(outcome === ANSWERED ? [...part("calls_answered", 1), ...part("answered_wait_ms", waitMs), ...part("answered_in_time", waitMs <= SERVICE_LEVEL_MS ? 1 : 0)] : []),
    ...(outcome === ABANDONED ? [...part("calls_abandoned", 1), ...part("abandoned_wait_ms", waitMs), ...part("short_abandons", waitMs < SHORT_ABANDON_MS ? 1 : 0)] : []),
    ...(outcome === LEFT ? part("calls_left_queue", 1) : []),
    ...(handled ? [...part("calls_handled", 1), ...part("handle_ms", talkMs + holdMs + wrapUpMs)] : []),
  ];
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { CallEvent } from "@trunkline/proto/telephony";
import { ABANDONED, ANSWERED, LEFT } from "../domain/call-fact.ts";
import type { FactChange } from "../domain/fact.ts";

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

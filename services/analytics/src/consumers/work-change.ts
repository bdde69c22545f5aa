import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { MessageEvent } from "@trunkline/proto/marketing";
import type { CallbackTaskEvent, RequestEvent, SurveyEvent, WorkOrderEvent } from "@trunkline/proto/service-desk";
import type { FactChange } from "../domain/fact.ts";
import { MESSAGE_STATES } from "../domain/work-fact.ts";

type Memory = Readonly<Record<string, number>>;
const instant = (message: { occurredAt?: Parameters<typeof timestampMs>[0] | undefined }) =>
  message.occurredAt ? timestampMs(message.occurredAt) : 0;

export function requestChange(message: RequestEvent, before: Memory): FactChange {
  const at = instant(message);
  switch (message.event.case) {
    case "opened":
      return {
        queue: message.event.value.queueId,
        at,
        memory: { openedAt: at, complaint: message.event.value.type === "complaint" ? 1 : 0 },
      };
    case "escalated":
      return before["escalatedAt"] === undefined
        ? { memory: { escalatedAt: at, escalations: 1 } }
        : { memory: { escalations: (before["escalations"] ?? 0) + 1 } };
    case "assigned":
      return { memory: { assignedAt: before["assignedAt"] ?? at, assignments: (before["assignments"] ?? 0) + 1 } };
    case "targetMissed":
      return { memory: { targetMissedAt: before["targetMissedAt"] ?? at } };
    case "resolved":
      return { memory: { resolvedAt: at } };
    default:
      return { memory: {} };
  }
}

export function workOrderChange(message: WorkOrderEvent, before: Memory): FactChange {
  const at = instant(message);
  switch (message.event.case) {
    case "dispatched":
      return { at: before["dispatchedAt"] ?? at, memory: { dispatchedAt: before["dispatchedAt"] ?? at } };
    case "labourLogged":
      return { memory: { minutes: (before["minutes"] ?? 0) + message.event.value.minutes } };
    case "completed":
      return { memory: { completedAt: at } };
    default:
      return { memory: {} };
  }
}

export function surveyChange(message: SurveyEvent): FactChange {
  const at = instant(message);
  switch (message.event.case) {
    case "invited":
      return { at, memory: { invitedAt: at } };
    case "sent":
      return { memory: { sentAt: at } };
    case "answered":
      return { memory: { answeredAt: at, score: message.event.value.score } };
    default:
      return { memory: {} };
  }
}

export function messageChange(message: MessageEvent, before: Memory): FactChange {
  const at = instant(message);
  const state = (name: (typeof MESSAGE_STATES)[number]) => ({
    at: before["queuedAt"] ?? at,
    memory: { queuedAt: before["queuedAt"] ?? at, state: MESSAGE_STATES.indexOf(name) },
  });
  switch (message.event.case) {
    case "queued":
    case "sent":
    case "delivered":
    case "suppressed":
    case "expired":
      return state(message.event.case);
    case "failed":
      return state(message.event.value.retryable ? "failed_retryable" : "failed_final");
    default:
      return { memory: {} };
  }
}

export function callbackChange(message: CallbackTaskEvent): FactChange {
  const at = instant(message);
  switch (message.event.case) {
    case "opened":
      return { at, memory: { openedAt: at } };
    case "done":
      return { memory: { doneAt: at } };
    default:
      return { memory: {} };
  }
}

import type { MessageEvent } from "@trunkline/proto/marketing";
import type { CallbackTaskEvent, RequestEvent, SurveyEvent, WorkOrderEvent } from "@trunkline/proto/service-desk";
import type { FactChange } from "../domain/fact.ts";
import { MESSAGE_STATES } from "../domain/work-fact.ts";
import type { Told } from "./told.ts";

type Memory = Readonly<Record<string, number>>;

export function requestChange({ event: { event }, at }: Told<RequestEvent>, before: Memory): FactChange {
  switch (event.case) {
    case "opened":
      return {
        queue: event.value.queueId,
        at,
        memory: { openedAt: at, complaint: event.value.type === "complaint" ? 1 : 0 },
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

export function workOrderChange({ event: { event }, at }: Told<WorkOrderEvent>, before: Memory): FactChange {
  switch (event.case) {
    case "dispatched":
      return { at: before["dispatchedAt"] ?? at, memory: { dispatchedAt: before["dispatchedAt"] ?? at } };
    case "labourLogged":
      return { memory: { minutes: (before["minutes"] ?? 0) + event.value.minutes } };
    case "completed":
      return { memory: { completedAt: at } };
    default:
      return { memory: {} };
  }
}

export function surveyChange({ event: { event }, at }: Told<SurveyEvent>): FactChange {
  switch (event.case) {
    case "invited":
      return { at, memory: { invitedAt: at } };
    case "sent":
      return { memory: { sentAt: at } };
    case "answered":
      return { memory: { answeredAt: at, score: event.value.score } };
    default:
      return { memory: {} };
  }
}

export function messageChange({ event: { event }, at }: Told<MessageEvent>, before: Memory): FactChange {
  const state = (name: (typeof MESSAGE_STATES)[number]) => ({
    at: before["queuedAt"] ?? at,
    memory: { queuedAt: before["queuedAt"] ?? at, state: MESSAGE_STATES.indexOf(name) },
  });
  switch (event.case) {
    case "queued":
    case "sent":
    case "delivered":
    case "suppressed":
    case "expired":
      return state(event.case);
    case "failed":
      return state(event.value.retryable ? "failed_retryable" : "failed_final");
    default:
      return { memory: {} };
  }
}

export function callbackChange({ event: { event }, at }: Told<CallbackTaskEvent>): FactChange {
  switch (event.case) {
    case "opened":
      return { at, memory: { openedAt: at } };
    case "done":
      return { memory: { doneAt: at } };
    default:
      return { memory: {} };
  }
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { MessageEvent } from "@trunkline/proto/marketing";
import type { CallbackTaskEvent, RequestEvent, SurveyEvent, WorkOrderEvent } from "@trunkline/proto/service-desk";
import type { FactChange, Part } from "./fact.ts";

type Memory = Readonly<Record<string, number>>;
const count = (measure: string, at: number | undefined, n = 1): Part[] => (at === undefined ? [] : [{ measure, at, n }]);
const instant = (message: { occurredAt?: Parameters<typeof timestampMs>[0] | undefined }) => (message.occurredAt ? timestampMs(message.occurredAt) : 0);

export function requestChange(message: RequestEvent, before: Memory): FactChange {
  const at = instant(message);
  switch (message.event.case) {
    case "opened":
      return { queue: message.event.value.queueId, at, memory: { openedAt: at, complaint: message.event.value.type === "complaint" ? 1 : 0 } };
    case "escalated":
      return before["escalatedAt"] === undefined ? { memory: { escalatedAt: at, escalations: 1 } } : { memory: { escalations: (before["escalations"] ?? 0) + 1 } };
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

/** A request counts as escalated once, in the minute of its first escalation; every step is in `escalation_steps`. */
export function requestParts({ openedAt, escalatedAt, escalations, assignedAt, assignments, targetMissedAt, resolvedAt, complaint }: Memory): Part[] {
  return [
    ...count("requests_opened", openedAt),
    ...(complaint ? count("complaints_opened", openedAt) : []),
    ...count("requests_escalated", escalatedAt),
    ...count("escalation_steps", escalatedAt, escalations ?? 0),
    ...count("request_assignments", assignedAt, assignments ?? 0),
    ...count("requests_target_missed", targetMissedAt),
    ...count("requests_resolved", resolvedAt),
    ...(openedAt !== undefined && resolvedAt !== undefined ? count("resolution_ms", resolvedAt, resolvedAt - openedAt) : []),
  ];
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

export function workOrderParts({ dispatchedAt, completedAt, minutes }: Memory): Part[] {
  return [...count("work_orders_dispatched", dispatchedAt), ...count("work_orders_completed", completedAt), ...(completedAt ? count("labour_minutes", completedAt, minutes ?? 0) : [])];
}

const SATISFIED = 4;

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

export function surveyParts({ invitedAt, sentAt, answeredAt, score }: Memory): Part[] {
  return [
    ...count("surveys_invited", invitedAt),
    ...count("surveys_sent", sentAt),
    ...count("surveys_answered", answeredAt),
    ...count("survey_score_sum", answeredAt, score ?? 0),
    ...(score !== undefined && score >= SATISFIED ? count("surveys_satisfied", answeredAt) : []),
  ];
}

export const MESSAGE_STATES = ["queued", "sent", "delivered", "failed_retryable", "failed_final", "suppressed", "expired"] as const;

export function messageChange(message: MessageEvent, before: Memory): FactChange {
  const at = instant(message);
  const state = (name: (typeof MESSAGE_STATES)[number]) => ({ at: before["queuedAt"] ?? at, memory: { queuedAt: before["queuedAt"] ?? at, state: MESSAGE_STATES.indexOf(name) } });
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

/** Exactly one state a message, counted in the minute in which it was queued. */
export function messageParts({ queuedAt, state }: Memory): Part[] {
  return state === undefined ? [] : [...count("messages", queuedAt), ...count(`messages_${MESSAGE_STATES[state] ?? "queued"}`, queuedAt)];
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

export function callbackParts({ openedAt, doneAt }: Memory): Part[] {
  return [...count("callback_tasks_opened", openedAt), ...count("callback_tasks_done", doneAt)];
}

import type { Part } from "./fact.ts";

type Memory = Readonly<Record<string, number>>;
const count = (measure: string, at: number | undefined, n = 1): Part[] => (at === undefined ? [] : [{ measure, at, n }]);

/** A request counts as escalated once, in the minute of its first escalation; every step is in `escalation_steps`. */
export function requestParts({
  openedAt,
  escalatedAt,
  escalations,
  assignedAt,
  assignments,
  targetMissedAt,
  resolvedAt,
  complaint,
}: Memory): Part[] {
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

export function workOrderParts({ dispatchedAt, completedAt, minutes }: Memory): Part[] {
  return [
    ...count("work_orders_dispatched", dispatchedAt),
    ...count("work_orders_completed", completedAt),
    ...(completedAt ? count("labour_minutes", completedAt, minutes ?? 0) : []),
  ];
}

const SATISFIED = 4;

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

/** Exactly one state a message, counted in the minute in which it was queued. */
export function messageParts({ queuedAt, state }: Memory): Part[] {
  return state === undefined ? [] : [...count("messages", queuedAt), ...count(`messages_${MESSAGE_STATES[state] ?? "queued"}`, queuedAt)];
}

export function callbackParts({ openedAt, doneAt }: Memory): Part[] {
  return [...count("callback_tasks_opened", openedAt), ...count("callback_tasks_done", doneAt)];
}

import { DomainError } from "@trunkline/errors";
import type { Decision } from "./decision.ts";

export type RequestState = "new" | "assigned" | "in_progress" | "resolved";
export type TargetName = "first_response" | "resolution";

/** A service target: a clock on the queue's calendar, fixed when the request was opened. */
export type TargetClock = {
  readonly target: TargetName;
  readonly dueAt: number;
  /** What was allowed, in business milliseconds. */
  readonly businessMs: number;
  readonly metAt?: number;
  readonly missed: boolean;
};

/** One level of the ladder as it applies to this request. */
export type LadderStep = {
  readonly level: number;
  readonly ownerId: string;
  /** When the next level takes over if nobody has acted; absent on the last one. */
  readonly until?: number;
};

export type HistoryEntry = {
  readonly at: number;
  readonly what:
    | "opened"
    | "assigned"
    | "accepted"
    | "escalated"
    | "resolved"
    | "work_order_added"
    | "target_missed"
    | "survey_answered"
    | "customer_linked";
  readonly actor: string;
  readonly reason: string;
  readonly level: number;
  readonly ownerId: string;
};

export type Request = {
  readonly id: string;
  /** Number for people, such as 2026-000123; absent until it is claimed. */
  readonly number?: string;
  /** Year in which the number counts, in the zone of the queue's calendar. */
  readonly year: number;
  readonly type: string;
  readonly priority: string;
  readonly state: RequestState;
  readonly subject: string;
  readonly description: string;
  readonly queueId: string;
  readonly ownerId: string;
  /** Empty: nobody known. */
  readonly customerId: string;
  readonly callId: string;
  /** Survey whose low score opened it. */
  readonly surveyId: string;
  readonly level: number;
  readonly ladder: readonly LadderStep[];
  readonly targets: readonly TargetClock[];
  readonly history: readonly HistoryEntry[];
  readonly workOrderIds: readonly string[];
  /** Who was sent out for it: they see it as their own. */
  readonly engineerIds: readonly string[];
  readonly relatedRequestIds: readonly string[];
  readonly openedAt: number;
  /** When a person first took it up: from then on the ladder rests. */
  readonly actedAt?: number;
  readonly resolvedAt?: number;
  readonly resolution: string;
};

export type RequestEvent = { readonly at: number } & (
  | {
      readonly type: "opened";
      readonly request: Pick<Request, "type" | "priority" | "queueId" | "ownerId" | "customerId" | "callId" | "surveyId">;
    }
  | { readonly type: "assigned" | "accepted"; readonly ownerId: string }
  | { readonly type: "escalated"; readonly fromLevel: number; readonly toLevel: number; readonly ownerId: string; readonly reason: string }
  | { readonly type: "targetMissed"; readonly target: TargetName; readonly dueAt: number }
  | { readonly type: "resolved"; readonly ownerId: string; readonly customerId: string; readonly requestType: string }
  | { readonly type: "workOrderAdded"; readonly workOrderId: string }
  | {
      readonly type: "customerLinked";
      readonly customerId: string;
      readonly previousCustomerId: string;
      readonly requestType: string;
      readonly priority: string;
    }
);

export type RequestDecision = Decision<Request, RequestEvent>;

const HISTORY = 200;
const RELATED = 100;
const WORK_ORDERS = 100;

/** Adds an entry; beyond 200 the oldest go, but never the opening. */
export function withHistory(request: Request, entry: Pick<HistoryEntry, "at" | "what" | "actor"> & { readonly reason?: string }): Request {
  const full = { reason: "", ...entry, level: request.level, ownerId: request.ownerId };
  const [first, ...rest] = [...request.history, full];
  return { ...request, history: [first as HistoryEntry, ...rest.slice(-(HISTORY - 1))] };
}

/** @throws DomainError rule_violated request_closed */
export function checkOpen(request: Request): void {
  if (request.state !== "resolved") return;
  throw new DomainError("rule_violated", "request_closed", "the request is resolved: open a new one");
}

/** Names a related request, once. */
export function relate(request: Request, requestId: string): RequestDecision {
  if (request.relatedRequestIds.includes(requestId) || requestId === request.id) return { state: request, events: [] };
  return { state: { ...request, relatedRequestIds: [...request.relatedRequestIds, requestId].slice(-RELATED) }, events: [] };
}

/** Records the answer of the customer, and the request that a low score opened; a second time changes nothing. */
export function noteSurvey(
  request: Request,
  { score, caseRequestId, at, by }: { score: number; caseRequestId: string; at: number; by: string },
): RequestDecision {
  const noted = request.history.some(({ what }) => what === "survey_answered");
  const state = noted ? request : withHistory(request, { at, what: "survey_answered", actor: by, reason: `score_${score}_of_5` });
  return caseRequestId === "" ? { state, events: [] } : relate(state, caseRequestId);
}

/** Gives the number for people; the first one stays. */
export function withNumber(request: Request, number: string): RequestDecision {
  return { state: request.number ? request : { ...request, number }, events: [] };
}

/** @throws DomainError exhausted too_many_work_orders */
export function checkRoomForWorkOrder(request: Request): void {
  if (request.workOrderIds.length < WORK_ORDERS) return;
  throw new DomainError("exhausted", "too_many_work_orders", `a request holds at most ${WORK_ORDERS} work orders: open a related request`);
}

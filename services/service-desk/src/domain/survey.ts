import { DomainError } from "@trunkline/errors";
import type { Decision } from "./decision.ts";

export type SurveyState = "invited" | "sent" | "suppressed" | "answered" | "expired";

export type Survey = {
  readonly id: string;
  readonly requestId: string;
  readonly customerId: string;
  /** Who resolved the request. */
  readonly employeeId: string;
  readonly state: SurveyState;
  readonly invitedAt: number;
  readonly expiresAt: number;
  /** Tries to hand the invitation to marketing, and when the next one is due while it has not got through. */
  readonly attempts: number;
  readonly sendAt?: number;
  readonly messageId: string;
  readonly suppressedBy: string;
  /** 1 to 5; 0 before the answer. */
  readonly score: number;
  readonly comment: string;
  readonly answeredAt?: number;
  /** Complaint opened by a low score. */
  readonly caseRequestId: string;
};

export type SurveyEvent = { readonly at: number } & (
  | { readonly type: "invited"; readonly requestId: string; readonly customerId: string; readonly employeeId: string }
  | { readonly type: "sent"; readonly messageId: string }
  | { readonly type: "suppressed"; readonly reason: string }
  | {
      readonly type: "answered";
      readonly requestId: string;
      readonly customerId: string;
      readonly employeeId: string;
      readonly score: number;
    }
);

export type SurveyDecision = Decision<Survey, SurveyEvent>;

export const MAX_SCORE = 5;
const LOW_SCORE = 2;
const EXPIRES_MS = 14 * 24 * 3_600_000;
const RETRY_MS = 30_000;
const ATTEMPTS = 8;

export const isLow = (score: number) => score >= 1 && score <= LOW_SCORE;

export function invite(
  { id, requestId, customerId, employeeId }: Pick<Survey, "id" | "requestId" | "customerId" | "employeeId">,
  at: number,
): SurveyDecision {
  const state: Survey = {
    id,
    requestId,
    customerId,
    employeeId,
    state: "invited",
    invitedAt: at,
    expiresAt: at + EXPIRES_MS,
    attempts: 0,
    sendAt: at,
    messageId: "",
    suppressedBy: "",
    score: 0,
    comment: "",
    caseRequestId: "",
  };
  return { state, events: [{ type: "invited", at, requestId, customerId, employeeId }] };
}

export function surveyDueAt({ state, sendAt, expiresAt }: Survey): number | undefined {
  if (state === "invited") return Math.min(sendAt ?? expiresAt, expiresAt);
  return state === "sent" ? expiresAt : undefined;
}

/** Marketing has taken the message. An answer that came meanwhile stays. */
export function recordSent(survey: Survey, messageId: string, at: number): SurveyDecision {
  if (survey.state !== "invited") return { state: survey, events: [] };
  const { sendAt: _, ...rest } = survey;
  return { state: { ...rest, state: "sent", messageId }, events: [{ type: "sent", at, messageId }] };
}

/** The policy gate said no, at once or later. */
export function recordSuppressed(survey: Survey, reason: string, at: number): SurveyDecision {
  if (survey.state !== "invited" && survey.state !== "sent") return { state: survey, events: [] };
  const { sendAt: _, ...rest } = survey;
  return { state: { ...rest, state: "suppressed", suppressedBy: reason }, events: [{ type: "suppressed", at, reason }] };
}

/**
 * Marketing did not take it, which counts as no for now: tried again, twice as long apart each time, 8 times at most.
 * @param code why not; in the end it says what has to be set right, `template_not_found` say
 */
export function recordUnsent(survey: Survey, code: string, at: number): SurveyDecision {
  if (survey.state !== "invited") return { state: survey, events: [] };
  const attempts = survey.attempts + 1;
  if (attempts >= ATTEMPTS) return recordSuppressed({ ...survey, attempts }, code, at);
  return { state: { ...survey, attempts, sendAt: at + RETRY_MS * 2 ** attempts }, events: [] };
}

/** What the page shows at an instant. */
export function shownState(survey: Survey, at: number): "open" | "answered" | "expired" {
  if (survey.state === "answered") return "answered";
  return survey.state === "expired" || at >= survey.expiresAt ? "expired" : "open";
}

/**
 * The first answer counts; a second one changes nothing.
 * @throws DomainError rule_violated survey_expired
 */
export function answer(
  survey: Survey,
  { score, comment, at }: { readonly score: number; readonly comment: string; readonly at: number },
): SurveyDecision {
  if (survey.state === "answered") return { state: survey, events: [] };
  if (shownState(survey, at) === "expired") throw surveyExpired();
  const { requestId, customerId, employeeId } = survey;
  const { sendAt: _, ...rest } = survey;
  return {
    state: { ...rest, state: "answered", score, comment, answeredAt: at },
    events: [{ type: "answered", at, requestId, customerId, employeeId, score }],
  };
}

export function surveyExpired(): DomainError {
  return new DomainError("rule_violated", "survey_expired", "the survey has ended: thank you all the same");
}

/** Ends a survey that nobody answered in time. */
export function expire(survey: Survey, at: number): SurveyDecision {
  if ((survey.state !== "invited" && survey.state !== "sent") || at < survey.expiresAt) return { state: survey, events: [] };
  const { sendAt: _, ...rest } = survey;
  return { state: { ...rest, state: "expired" }, events: [] };
}

export function withCase(survey: Survey, caseRequestId: string): SurveyDecision {
  return { state: survey.caseRequestId === "" ? { ...survey, caseRequestId } : survey, events: [] };
}

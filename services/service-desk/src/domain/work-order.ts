import { DomainError } from "@trunkline/errors";
import type { Decision } from "./decision.ts";

export type WorkOrderState = "pending_dispatch" | "assigned" | "accepted" | "in_progress" | "closed_complete";

export type RuleResult = { readonly rule: string; readonly passed: boolean; readonly need: string; readonly have: string };
export type FactorPoints = { readonly factor: string; readonly grade: number; readonly weight: number; readonly points: number };
/** What was decided about one engineer in the last dispatch. */
export type Candidate = {
  readonly employeeId: string;
  readonly passed: boolean;
  readonly rules: readonly RuleResult[];
  readonly factors: readonly FactorPoints[];
  readonly score: number;
};

/** The visit promised to one engineer. While `reserving`, the engineer's day is being asked for room. */
export type Offer = {
  readonly id: string;
  readonly engineerId: string;
  /** Business date of the visit in the engineer's zone. */
  readonly date: string;
  readonly state: "reserving" | "confirmed";
  /** Who dispatches: only they may offer it onward before `expiresAt`. */
  readonly dispatchId: string;
  readonly expiresAt: number;
};

export type PartLine = { readonly partNumber: string; readonly quantity: number; readonly serial: string };
export type LabourLine = { readonly kind: string; readonly minutes: number };
/** Names the promised visit, so that its place in the engineer's day can be freed. */
export type Rejection = {
  readonly employeeId: string;
  readonly reason: string;
  readonly at: number;
  readonly offerId: string;
  readonly date: string;
};
/** The image itself is a row beside the work order, found by its hash. */
export type Signature = { readonly signer: string; readonly sha256: string; readonly bytes: number; readonly signedAt: number };
export type Visit = {
  readonly requiredSkills: readonly string[];
  readonly regionCode: string;
  readonly latitude: number;
  readonly longitude: number;
  readonly windowFrom: number;
  readonly windowTo: number;
};

export type WorkOrder = Visit & {
  readonly id: string;
  readonly requestId: string;
  readonly customerId: string;
  readonly state: WorkOrderState;
  /** Empty while nobody has it. */
  readonly engineerId: string;
  readonly offer?: Offer;
  /** Until the first dispatch has begun: when a timer begins it, because whoever was to has crashed. */
  readonly dispatchBy?: number;
  readonly candidates: readonly Candidate[];
  readonly tieBrokenBy: string;
  readonly engineersConsidered: number;
  /** There were more engineers than a dispatch looks at. */
  readonly engineersLeftOut: boolean;
  readonly parts: readonly PartLine[];
  readonly labour: readonly LabourLine[];
  readonly rejections: readonly Rejection[];
  readonly signature?: Signature;
  readonly summary: string;
  readonly createdAt: number;
  readonly dispatchedAt?: number;
  readonly completedAt?: number;
};

export type WorkOrderEvent = { readonly at: number } & (
  | {
      readonly type: "dispatched";
      readonly requestId: string;
      readonly engineerId: string;
      readonly customerId: string;
      readonly score: number;
      readonly candidates: number;
    }
  | { readonly type: "accepted" | "rejected" | "started"; readonly engineerId: string }
  | { readonly type: "partLogged"; readonly partNumber: string; readonly quantity: number }
  | { readonly type: "labourLogged"; readonly kind: string; readonly minutes: number }
  | { readonly type: "completed"; readonly requestId: string; readonly engineerId: string; readonly resolveRequest: boolean }
);

export type WorkOrderDecision = Decision<WorkOrder, WorkOrderEvent>;

/** A dispatch begins in the same breath as the work order is written. */
export const BEGIN_MS = 10_000;
const MAX_WINDOW_MS = 24 * 3_600_000;

/** A visit that waits for an engineer. @throws DomainError rule_violated window_invalid, window_past */
export function openWorkOrder(
  input: Visit & { readonly id: string; readonly requestId: string; readonly customerId: string },
  at: number,
): WorkOrderDecision {
  checkWindow(input, at);
  const state: WorkOrder = {
    ...input,
    requiredSkills: [...new Set(input.requiredSkills)],
    state: "pending_dispatch",
    engineerId: "",
    candidates: [],
    tieBrokenBy: "",
    engineersConsidered: 0,
    engineersLeftOut: false,
    parts: [],
    labour: [],
    rejections: [],
    summary: "",
    createdAt: at,
    dispatchBy: at + BEGIN_MS,
  };
  return { state, events: [] };
}

/** @throws DomainError rule_violated window_invalid, window_past */
export function checkWindow({ windowFrom, windowTo }: Pick<Visit, "windowFrom" | "windowTo">, at: number): void {
  if (windowTo <= windowFrom || windowTo - windowFrom > MAX_WINDOW_MS) {
    throw new DomainError("rule_violated", "window_invalid", "the visit's window ends after it begins and is no longer than 24 hours");
  }
  if (windowTo <= at) throw new DomainError("rule_violated", "window_past", "the visit's window has passed: choose a later one");
}

import { DomainError } from "@trunkline/errors";
import { type Candidate, checkWindow, type Offer, type Visit, type WorkOrder, type WorkOrderDecision } from "./work-order.ts";

/** How long one dispatcher may try an engineer's day before another may take over. */
export const OFFER_MS = 10_000;

/** What stays in the record of a dispatch: all who passed, then the others, best first. */
const CANDIDATES = 200;

type NewOffer = Pick<Offer, "id" | "engineerId" | "date" | "dispatchId"> & { readonly at: number };

/** When the work order has to be looked at again: a dispatch that was cut off is taken up by the timer. */
export function workOrderDueAt(work: WorkOrder): number | undefined {
  return work.state === "pending_dispatch" ? (work.offer?.expiresAt ?? work.dispatchBy) : undefined;
}

/**
 * First step of a dispatch: the work order names whom it will ask, then the engineer's day is asked for room.
 * @throws DomainError rule_violated work_order_dispatched; conflict dispatch_in_progress
 */
export function offerTo(work: WorkOrder, { id, engineerId, date, dispatchId, at }: NewOffer): WorkOrderDecision {
  if (work.state !== "pending_dispatch") throw dispatched();
  if (work.offer?.dispatchId !== dispatchId) checkIdle(work, at);
  const offer: Offer = { id, engineerId, date, dispatchId, state: "reserving", expiresAt: at + OFFER_MS };
  const { dispatchBy: _, ...begun } = work;
  return { state: { ...begun, offer }, events: [] };
}

/** Another window for a visit that nobody has yet. @throws DomainError as offerTo; rule_violated window_invalid, window_past */
export function moveWindow(work: WorkOrder, window: Pick<Visit, "windowFrom" | "windowTo">, at: number): WorkOrderDecision {
  if (work.state !== "pending_dispatch") throw dispatched();
  checkIdle(work, at);
  checkWindow(window, at);
  return { state: { ...work, ...window }, events: [] };
}

function checkIdle({ offer }: WorkOrder, at: number): void {
  if (!offer || offer.expiresAt <= at) return;
  throw new DomainError("conflict", "dispatch_in_progress", "somebody else is dispatching this work order: look at it again in a moment");
}

function dispatched(): DomainError {
  return new DomainError(
    "rule_violated",
    "work_order_dispatched",
    "an engineer has this work order already: it can be dispatched again after a rejection",
  );
}

export type Outcome = {
  readonly candidates: readonly Candidate[];
  readonly tieBrokenBy: string;
  /** How many engineers were held against the visit, and whether there are others who were not. */
  readonly considered: number;
  readonly leftOut: boolean;
};

/** What stays of a dispatch with its work order. */
const recordOf = ({ candidates, tieBrokenBy, considered, leftOut }: Outcome) => ({
  candidates: candidates.slice(0, CANDIDATES),
  tieBrokenBy,
  engineersConsidered: considered,
  engineersLeftOut: leftOut,
});

/**
 * Last step: the engineer's day has room, so the work order is theirs.
 * @throws DomainError conflict offer_expired when the dispatch took too long and another has taken over
 */
export function confirmOffer(work: WorkOrder, offerId: string, outcome: Outcome, at: number): WorkOrderDecision {
  if (work.offer?.id !== offerId) {
    throw new DomainError("conflict", "offer_expired", "the dispatch took too long and was taken over: look at the work order again");
  }
  if (work.offer.state === "confirmed") return { state: work, events: [] };
  const { engineerId } = work.offer;
  const state: WorkOrder = {
    ...work,
    state: "assigned",
    engineerId,
    ...recordOf(outcome),
    dispatchedAt: at,
    offer: { ...work.offer, state: "confirmed" },
  };
  const { candidates } = outcome;
  const score = candidates.find((candidate) => candidate.employeeId === engineerId)?.score ?? 0;
  return {
    state,
    events: [
      { type: "dispatched", at, requestId: work.requestId, engineerId, customerId: work.customerId, score, candidates: candidates.length },
    ],
  };
}

/** Nobody could be found: the work order waits on, with the reasons of each candidate. */
export function recordNobody(work: WorkOrder, dispatchId: string, outcome: Outcome, at: number): WorkOrderDecision {
  const others = work.offer !== undefined && work.offer.dispatchId !== dispatchId && work.offer.expiresAt > at;
  if (work.state !== "pending_dispatch" || others) return { state: work, events: [] };
  const { offer: _, dispatchBy: __, ...rest } = work;
  return { state: { ...rest, ...recordOf(outcome) }, events: [] };
}

/** Whether this work order still stands behind a visit in an engineer's day. */
export function standsBehind(work: WorkOrder | undefined, offerId: string): boolean {
  return work?.offer?.id === offerId;
}

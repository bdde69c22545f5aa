import { DomainError } from "@trunkline/errors";
import type { LabourLine, PartLine, Signature, WorkOrder, WorkOrderDecision, WorkOrderState } from "./work-order.ts";

/** The engineer who acts, and when. */
type Act = { readonly employeeId: string; readonly at: number };

const LINES = 200;

export function acceptWorkOrder(work: WorkOrder, { employeeId, at }: Act): WorkOrderDecision {
  checkEngineer(work, employeeId);
  if (work.state === "accepted") return { state: work, events: [] };
  checkState(work, ["assigned"]);
  return { state: { ...work, state: "accepted" }, events: [{ type: "accepted", at, engineerId: employeeId }] };
}

/** Gives it back with a reason; the same engineer is not asked again. */
export function rejectWorkOrder(work: WorkOrder, { employeeId, reason, at }: Act & { readonly reason: string }): WorkOrderDecision {
  checkEngineer(work, employeeId);
  checkState(work, ["assigned", "accepted"]);
  const { offer, dispatchedAt: _, ...rest } = work;
  const rejection = { employeeId, reason, at, offerId: offer?.id ?? "", date: offer?.date ?? "" };
  const state: WorkOrder = { ...rest, state: "pending_dispatch", engineerId: "", rejections: [...work.rejections, rejection] };
  return { state, events: [{ type: "rejected", at, engineerId: employeeId }] };
}

export function startWorkOrder(work: WorkOrder, { employeeId, at }: Act): WorkOrderDecision {
  checkEngineer(work, employeeId);
  if (work.state === "in_progress") return { state: work, events: [] };
  checkState(work, ["accepted"]);
  return { state: { ...work, state: "in_progress" }, events: [{ type: "started", at, engineerId: employeeId }] };
}

export function logPart(work: WorkOrder, { employeeId, part, at }: Act & { readonly part: PartLine }): WorkOrderDecision {
  checkEngineer(work, employeeId);
  checkState(work, ["in_progress"]);
  checkRoom(work.parts.length);
  const { partNumber, quantity } = part;
  return { state: { ...work, parts: [...work.parts, part] }, events: [{ type: "partLogged", at, partNumber, quantity }] };
}

export function logLabour(work: WorkOrder, { employeeId, labour, at }: Act & { readonly labour: LabourLine }): WorkOrderDecision {
  checkEngineer(work, employeeId);
  checkState(work, ["in_progress"]);
  checkRoom(work.labour.length);
  return { state: { ...work, labour: [...work.labour, labour] }, events: [{ type: "labourLogged", at, ...labour }] };
}

type Completion = Act & { readonly signature: Signature; readonly summary: string; readonly resolveRequest: boolean };

/** Closes the visit with the customer's signature. */
export function completeWorkOrder(work: WorkOrder, { employeeId, signature, summary, resolveRequest, at }: Completion): WorkOrderDecision {
  checkEngineer(work, employeeId);
  checkState(work, ["in_progress"]);
  const state: WorkOrder = { ...work, state: "closed_complete", signature, summary, completedAt: at };
  return { state, events: [{ type: "completed", at, requestId: work.requestId, engineerId: employeeId, resolveRequest }] };
}

/** @throws DomainError forbidden not_the_engineer */
function checkEngineer(work: WorkOrder, employeeId: string): void {
  if (work.engineerId === employeeId && employeeId !== "") return;
  throw new DomainError("forbidden", "not_the_engineer", "only the engineer who has this work order may do this");
}

/** @throws DomainError rule_violated work_order_state */
function checkState(work: WorkOrder, allowed: readonly WorkOrderState[]): void {
  if (allowed.includes(work.state)) return;
  const details = { state: work.state, allowed: allowed.join() };
  throw new DomainError(
    "rule_violated",
    "work_order_state",
    `the work order is ${work.state}: this can be done while it is ${allowed.join(" or ")}`,
    details,
  );
}

/** @throws DomainError exhausted too_many_lines */
function checkRoom(lines: number): void {
  if (lines < LINES) return;
  throw new DomainError("exhausted", "too_many_lines", `a work order holds at most ${LINES} lines of a kind: join some`);
}

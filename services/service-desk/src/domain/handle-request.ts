import { DomainError } from "@trunkline/errors";
import { goesAlong, type Identified } from "./identified.ts";
import {
  checkOpen,
  checkRoomForWorkOrder,
  type Request,
  type RequestDecision,
  type RequestEvent,
  type TargetName,
  withHistory,
} from "./request.ts";
import { settled } from "./request-timers.ts";

/** When, and by whom: `employee/<id>` or `service/<name>`. */
type Act = { readonly at: number; readonly by: string };

/** Who acts; an empty id is a service, for what a visit or a timer led to. */
export type Actor = { readonly employeeId: string; readonly supervises?: boolean };

/**
 * Gives the request to a person; the ladder rests from then on.
 * @throws DomainError rule_violated request_closed, request_owned_by_other
 */
export function assign(
  request: Request,
  { ownerId, at, by, ...actor }: Act & Partial<Actor> & { readonly ownerId: string },
): RequestDecision {
  return settled(request, at, (current) => {
    checkOpen(current);
    checkTheirs(current, { employeeId: "", ...actor });
    if (current.ownerId === ownerId && current.state !== "new") return { state: current, events: [] };
    const assigned: Request = { ...acted(current, at), state: "assigned", ownerId };
    return done(withHistory(assigned, { at, what: "assigned", actor: by }), { type: "assigned", at, ownerId });
  });
}

/**
 * The employee takes it up: that is the first response. What nobody has been assigned to, anybody may accept.
 * @throws DomainError rule_violated request_closed, request_owned_by_other
 */
export function accept(request: Request, { at, by, ...actor }: Act & Actor): RequestDecision {
  const { employeeId } = actor;
  return settled(request, at, (current) => {
    checkOpen(current);
    checkTheirs(current, actor);
    if (current.state === "in_progress" && current.ownerId === employeeId) return { state: current, events: [] };
    const accepted: Request = { ...meet(acted(current, at), "first_response", at), state: "in_progress", ownerId: employeeId };
    return done(withHistory(accepted, { at, what: "accepted", actor: by }), { type: "accepted", at, ownerId: employeeId });
  });
}

/**
 * Ends the request; whoever solves what nobody had taken is its owner.
 * @param employeeId empty: solved by the end of a visit, the owner stays
 * @throws DomainError rule_violated request_closed, request_owned_by_other
 */
export function resolve(
  request: Request,
  { resolution, at, by, ...actor }: Act & Actor & { readonly resolution: string },
): RequestDecision {
  const { employeeId } = actor;
  return settled(request, at, (current) => {
    checkOpen(current);
    checkTheirs(current, actor);
    const ownerId = current.state === "new" && employeeId !== "" ? employeeId : current.ownerId;
    const met = meet(meet(acted(current, at), "first_response", at), "resolution", at);
    const resolved: Request = { ...met, state: "resolved", ownerId, resolvedAt: at, resolution };
    return done(withHistory(resolved, { at, what: "resolved", actor: by }), {
      type: "resolved",
      at,
      ownerId,
      customerId: current.customerId,
      requestType: current.type,
    });
  });
}

/**
 * Names a work order, once; sending somebody out is action, so the ladder rests.
 * @throws DomainError rule_violated request_closed; exhausted too_many_work_orders
 */
export function addWorkOrder(request: Request, { workOrderId, at, by }: Act & { readonly workOrderId: string }): RequestDecision {
  if (request.workOrderIds.includes(workOrderId)) return { state: request, events: [] };
  return settled(request, at, (current) => {
    checkOpen(current);
    checkRoomForWorkOrder(current);
    const added: Request = { ...acted(current, at), workOrderIds: [...current.workOrderIds, workOrderId] };
    return done(withHistory(added, { at, what: "work_order_added", actor: by, reason: workOrderId }), {
      type: "workOrderAdded",
      at,
      workOrderId,
    });
  });
}

/** Somebody is sent out for it. No event: the work order's own says so. */
export function addEngineer(request: Request, engineerId: string): Request {
  const known = engineerId === "" || request.engineerIds.includes(engineerId);
  return known ? request : { ...request, engineerIds: [...request.engineerIds, engineerId] };
}

/** Whoever will not go need not see it any more. */
export function removeEngineer(request: Request, engineerId: string): Request {
  if (!request.engineerIds.includes(engineerId)) return request;
  return { ...request, engineerIds: request.engineerIds.filter((id) => id !== engineerId) };
}

/** What somebody has, they and supervisors handle; what nobody has taken, anybody may. */
function checkTheirs({ state, ownerId }: Request, { employeeId, supervises = false }: Actor): void {
  if (state === "new" || supervises || employeeId === "" || ownerId === employeeId) return;
  throw new DomainError("rule_violated", "request_owned_by_other", "somebody else has this request: have it assigned to you first");
}

/** Gives the request to the customer of its call, resolved or not: it is in the history of whoever called. */
export function linkCustomer(request: Request, identified: Identified & Act): RequestDecision {
  if (!goesAlong(request, identified)) return { state: request, events: [] };
  const { at, by, customerId } = identified;
  return settled(request, at, (current) => {
    const { customerId: previousCustomerId, type: requestType, priority } = current;
    const linked = withHistory({ ...current, customerId }, { at, what: "customer_linked", actor: by, reason: customerId });
    return done(linked, { type: "customerLinked", at, customerId, previousCustomerId, requestType, priority });
  });
}

function acted(request: Request, at: number): Request {
  return request.actedAt === undefined ? { ...request, actedAt: at } : request;
}

/** A target that was missed before is met all the same, only late. */
function meet(request: Request, target: TargetName, at: number): Request {
  const targets = request.targets.map((clock) => (clock.target === target && clock.metAt === undefined ? { ...clock, metAt: at } : clock));
  return { ...request, targets };
}

function done(state: Request, event: RequestEvent): RequestDecision {
  return { state, events: [event] };
}

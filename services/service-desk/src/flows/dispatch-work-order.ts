import { DomainError } from "@trunkline/errors";
import { type CallScope, failpoint } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { capacityParams, rankEngineers, tieBrokenBy, toCandidate } from "../domain/dispatch-policy.ts";
import { confirmOffer, offerTo, recordNobody } from "../domain/dispatch-work-order.ts";
import type { Candidate, WorkOrder } from "../domain/work-order.ts";
import { loadEngineers } from "./load-engineers.ts";

/**
 * Finds the best engineer whose day has room. The work order names whom it asks first, then the day is asked, then the
 * work order is confirmed; a crash in between is taken up by the timers, and no day is ever filled beyond its capacity.
 * @throws DomainError rule_violated no_engineer_qualifies; conflict dispatch_in_progress, offer_expired
 */
export async function dispatchWorkOrder(context: Context, scope: CallScope, workOrderId: string): Promise<WorkOrder> {
  const { workOrders, workloads, now, newId } = context;
  const { tenant } = scope;
  const work = await workOrders.get(tenant, workOrderId);
  if (work.state !== "pending_dispatch") return work;
  const dispatchId = newId();
  const { byId, leftOut } = await loadEngineers(context, tenant, work);
  const looked = { considered: byId.size, leftOut };
  const ranking = rankEngineers(
    work,
    [...byId.values()].map(({ engineer }) => engineer),
  );
  let candidates = ranking.ranked.map(toCandidate);
  for (const { id: engineerId, eligible, candidate } of ranking.ranked) {
    if (!eligible) break;
    const day = { employeeId: engineerId, date: byId.get(engineerId)?.date ?? "" };
    const offerId = newId();
    await workOrders.update(scope, work.id, (current) =>
      offerTo(current, { id: offerId, engineerId, date: day.date, dispatchId, at: now() }),
    );
    failpoint("dispatch.offered");
    if (!(await workloads.reserve(tenant, day, { offerId, workOrderId: work.id, at: now() }, candidate.dailyCapacity))) {
      candidates = full(candidates, engineerId, candidate.dailyCapacity);
      continue;
    }
    failpoint("dispatch.reserved");
    const outcome = { ...looked, candidates, tieBrokenBy: tieBrokenBy(ranking, engineerId) };
    return confirmed(context, scope, work.id, offerId, day, outcome);
  }
  await workOrders.update(scope, work.id, (current) =>
    recordNobody(current, dispatchId, { ...looked, candidates, tieBrokenBy: "" }, now()),
  );
  const message = "no engineer passes every rule: the work order waits, and its candidates say which rule each one failed";
  throw new DomainError("rule_violated", "no_engineer_qualifies", message, { workOrderId: work.id, candidates: candidates.length });
}

type Confirmation = Parameters<typeof confirmOffer>[2];

/** The work order first, then the day; a day reserved for an offer that has lapsed is freed again. */
async function confirmed(
  { workOrders, workloads, now }: Context,
  scope: CallScope,
  workOrderId: string,
  offerId: string,
  day: { employeeId: string; date: string },
  outcome: Confirmation,
): Promise<WorkOrder> {
  try {
    const assigned = await workOrders.update(scope, workOrderId, (current) => confirmOffer(current, offerId, outcome, now()));
    await workloads.confirm(scope.tenant, day, offerId);
    return assigned;
  } catch (error) {
    if (error instanceof DomainError && error.code === "offer_expired") await workloads.release(scope.tenant, day, offerId);
    throw error;
  }
}

/** Somebody else took the last place between the count and the reservation. */
function full(candidates: readonly Candidate[], employeeId: string, capacity: number): Candidate[] {
  const late = { rule: "capacity", passed: false, ...capacityParams(capacity, capacity) };
  const marked = candidates.map((one) =>
    one.employeeId === employeeId
      ? { ...one, passed: false, rules: one.rules.map((rule) => (rule.rule === "capacity" ? late : rule)) }
      : one,
  );
  return [...marked.filter(({ passed }) => passed), ...marked.filter(({ passed }) => !passed)];
}

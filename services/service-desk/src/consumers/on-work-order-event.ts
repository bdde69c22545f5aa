import { unless } from "@trunkline/errors";
import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import { addEngineer, addWorkOrder, removeEngineer, resolve } from "../domain/handle-request.ts";
import type { Request, RequestDecision } from "../domain/request.ts";
import type { WorkOrder } from "../domain/work-order.ts";
import { workOrderTopic } from "../stores/work-order-store.ts";

/**
 * What a visit means for its request and for its engineer's day; each is done again harmlessly. A visit that was left open may outlive its
 * request, which was resolved without it and removed as old.
 */
export function onWorkOrderEvent(context: Context): Subscription {
  return on(workOrderTopic, async ({ event: { event }, id, scope, source, sourceActor, at }) => {
    if (event.case === "dispatched") {
      const { requestId, engineerId } = event.value;
      const named = whileOpen((request) => addWorkOrder(request, { workOrderId: id, at, by: sourceActor }));
      const decide = (request: Request) => {
        const { state, events } = named(request);
        return { state: addEngineer(state, engineerId), events };
      };
      await context.requests.update(scope, requestId, decide, source).catch(unless("request_not_found"));
    } else if (event.case === "rejected") {
      const { engineerId } = event.value;
      const work = await context.workOrders.get(scope.tenant, id);
      await freeDay(context, scope.tenant, work, engineerId);
      const request = await context.requests.find(scope.tenant, work.requestId);
      if (!request) return;
      const visits = await Promise.all(request.workOrderIds.map((each) => context.workOrders.find(scope.tenant, each)));
      if (visits.some((visit) => visit?.engineerId === engineerId)) return;
      await context.requests.update(scope, request.id, (current) => ({ state: removeEngineer(current, engineerId), events: [] }), source);
    } else if (event.case === "completed" && event.value.resolveRequest) {
      const { summary } = await context.workOrders.get(scope.tenant, id);
      const resolved = whileOpen((request) => resolve(request, { employeeId: "", resolution: summary, at, by: sourceActor }));
      await context.requests.update(scope, event.value.requestId, resolved, source).catch(unless("request_not_found"));
    }
  });
}

/** A request that was resolved meanwhile is left as it is. */
function whileOpen(decide: (request: Request) => RequestDecision): (request: Request) => RequestDecision {
  return (request) => (request.state === "resolved" ? { state: request, events: [] } : decide(request));
}

async function freeDay({ workloads }: Context, tenant: string, { rejections }: WorkOrder, employeeId: string): Promise<void> {
  for (const { employeeId: by, date, offerId } of rejections) {
    if (by === employeeId) await workloads.release(tenant, { employeeId, date }, offerId);
  }
}

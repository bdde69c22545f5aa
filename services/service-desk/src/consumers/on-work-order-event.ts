import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import { addEngineer, addWorkOrder, resolve } from "../domain/handle-request.ts";
import type { Request, RequestDecision } from "../domain/request.ts";
import { workOrderTopic } from "../stores/work-order-store.ts";

/** What a visit means for its request and for its engineer's day; each is done again harmlessly. */
export function onWorkOrderEvent(context: Context): Subscription {
  return on(workOrderTopic, async ({ event: { event, occurredAt }, id, scope, sourceActor }) => {
    const at = occurredAt ? timestampMs(occurredAt) : context.now();
    if (event.case === "dispatched") {
      const { requestId, engineerId } = event.value;
      const named = whileOpen((request) => addWorkOrder(request, { workOrderId: id, at, by: sourceActor }));
      await context.requests.update(scope, requestId, (request) => {
        const { state, events } = named(request);
        return { state: addEngineer(state, engineerId), events };
      });
    } else if (event.case === "rejected") {
      await freeDay(context, scope.tenant, id, event.value.engineerId);
    } else if (event.case === "completed" && event.value.resolveRequest) {
      const { summary } = await context.workOrders.get(scope.tenant, id);
      const resolved = whileOpen((request) => resolve(request, { employeeId: "", resolution: summary, at, by: sourceActor }));
      await context.requests.update(scope, event.value.requestId, resolved);
    }
  });
}

/** A request that was resolved meanwhile is left as it is. */
function whileOpen(decide: (request: Request) => RequestDecision): (request: Request) => RequestDecision {
  return (request) => (request.state === "resolved" ? { state: request, events: [] } : decide(request));
}

async function freeDay({ workOrders, workloads }: Context, tenant: string, workOrderId: string, employeeId: string): Promise<void> {
  const { rejections } = await workOrders.get(tenant, workOrderId);
  for (const { employeeId: by, date, offerId } of rejections) {
    if (by === employeeId) await workloads.release(tenant, { employeeId, date }, offerId);
  }
}

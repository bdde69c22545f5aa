import { isDomainError, unless } from "@trunkline/errors";
import { type CallScope, serviceScope } from "@trunkline/runtime";
import { type Due, storeSource, type TimerSource } from "@trunkline/timers";
import type { Context } from "../context.ts";
import { workOrderDueAt } from "../domain/dispatch-work-order.ts";
import { addWorkOrder } from "../domain/handle-request.ts";
import { fire } from "../domain/request-timers.ts";
import { expire } from "../domain/survey.ts";
import { dispatchWorkOrder } from "../flows/dispatch-work-order.ts";
import { sendSurvey } from "../flows/send-survey.ts";

/** What has due times, and what is done when one comes. */
export function timerSources(context: Context): Readonly<Record<string, TimerSource>> {
  const { requests, workOrders, surveys, now, newId } = context;
  const scopeOf = ({ tenant }: Due): CallScope => serviceScope("service-desk", tenant, newId());
  return {
    requests: storeSource(requests, "nextDueAt", async (due) => {
      await requests.update(scopeOf(due), due.id, (request) => fire(request, now()));
      return undefined;
    }),
    workOrders: storeSource(workOrders, "nextDueAt", async (due) => {
      await takeUpDispatch(context, scopeOf(due), due.id);
      return undefined;
    }),
    surveys: storeSource(surveys, "nextDueAt", async (due) => {
      const { sendAt, state } = await surveys.update(scopeOf(due), due.id, (survey) => expire(survey, now()));
      if (state === "invited" && sendAt !== undefined && sendAt <= now()) await sendSurvey(context, scopeOf(due), due.id);
      return undefined;
    }),
  };
}

/** A dispatch that was cut off is done again; that nobody qualifies is an outcome too. */
async function takeUpDispatch(context: Context, scope: CallScope, workOrderId: string): Promise<void> {
  const work = await context.workOrders.get(scope.tenant, workOrderId);
  if ((workOrderDueAt(work) ?? Number.POSITIVE_INFINITY) > context.now()) return;
  const act = { workOrderId, at: context.now(), by: scope.actor };
  await context.requests
    .update(scope, work.requestId, (request) =>
      request.state === "resolved" ? { state: request, events: [] } : addWorkOrder(request, act),
    )
    .catch(unless("request_not_found"));
  try {
    await dispatchWorkOrder(context, scope, workOrderId);
  } catch (error) {
    if (!isDomainError(error) || (error.kind !== "rule_violated" && error.kind !== "conflict")) throw error;
    context.log.info({ code: error.code, workOrderId }, "a dispatch that was cut off was taken up");
  }
}

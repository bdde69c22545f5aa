import { isDomainError } from "@trunkline/errors";
import { type CallScope, serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { workOrderDueAt } from "../domain/dispatch-work-order.ts";
import { fire, nextDueAt } from "../domain/request-timers.ts";
import { expire, surveyDueAt } from "../domain/survey.ts";
import { dispatchWorkOrder } from "../flows/dispatch-work-order.ts";
import { sendSurvey } from "../flows/send-survey.ts";
import type { Due, TimerSource } from "./timers.ts";

/** What has due times, and what is done when one comes. */
export function timerSources(context: Context): Readonly<Record<string, TimerSource>> {
  const { requests, workOrders, surveys, now, newId } = context;
  const scopeOf = ({ tenant }: Due): CallScope => serviceScope("service-desk", tenant, newId());
  return {
    requests: {
      due: (until, limit) => dueOf(requests, nextDueAt, until, limit),
      fire: async (due) => void (await requests.update(scopeOf(due), due.id, (request) => fire(request, now()))),
    },
    workOrders: {
      due: (until, limit) => dueOf(workOrders, workOrderDueAt, until, limit),
      fire: (due) => takeUpDispatch(context, scopeOf(due), due.id),
    },
    surveys: {
      due: (until, limit) => dueOf(surveys, surveyDueAt, until, limit),
      fire: async (due) => {
        const { sendAt, state } = await surveys.update(scopeOf(due), due.id, (survey) => expire(survey, now()));
        if (state === "invited" && sendAt !== undefined && sendAt <= now()) await sendSurvey(context, scopeOf(due), due.id);
      },
    },
  };
}

/** A dispatch that was cut off is done again; that nobody qualifies is an outcome too. */
async function takeUpDispatch(context: Context, scope: CallScope, workOrderId: string): Promise<void> {
  const work = await context.workOrders.get(scope.tenant, workOrderId);
  if ((workOrderDueAt(work) ?? Number.POSITIVE_INFINITY) > context.now()) return;
  try {
    await dispatchWorkOrder(context, scope, workOrderId);
  } catch (error) {
    if (!isDomainError(error) || (error.kind !== "rule_violated" && error.kind !== "conflict")) throw error;
    context.log.info({ code: error.code, workOrderId }, "a dispatch that was cut off was taken up");
  }
}

type DueStore<S> = {
  due(filter: { nextDueAt: { $lte: number } }, by: string, limit: number): Promise<readonly { tenant: string; state: S }[]>;
};

async function dueOf<S extends { readonly id: string }>(
  store: DueStore<S>,
  dueAt: (state: S) => number | undefined,
  until: number,
  limit: number,
): Promise<Due[]> {
  const found = await store.due({ nextDueAt: { $lte: until } }, "nextDueAt", limit);
  return found.map(({ tenant, state }) => ({ tenant, id: state.id, at: dueAt(state) ?? until }));
}

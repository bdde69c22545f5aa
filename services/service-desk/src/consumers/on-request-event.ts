import { on, type Subscription } from "@trunkline/events";
import { contentId } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { invite } from "../domain/survey.ts";
import { requestTopic } from "../stores/request-store.ts";

/** A resolved request leads to one survey, unless a survey led to it or nobody known asked for it. */
export function onRequestEvent(context: Context): Subscription {
  return on(requestTopic, async ({ event: { event }, id, scope, at }) => {
    if (event.case !== "resolved" || event.value.customerId === "") return;
    const { customerId, ownerId } = event.value;
    const request = await context.requests.find(scope.tenant, id);
    // What comes once more after the request was removed as old has had its survey.
    if (request?.surveyId !== "") return;
    const surveyId = contentId(scope.tenant, "survey", id);
    await context.surveys.create(scope, surveyId, invite({ id: surveyId, requestId: id, customerId, employeeId: ownerId }, at));
  });
}

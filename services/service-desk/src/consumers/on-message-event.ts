import { on, type Subscription, topic } from "@trunkline/events";
import { MessageEventSchema, Purpose } from "@trunkline/proto/marketing";
import type { Context } from "../context.ts";
import { recordSuppressed } from "../domain/survey.ts";

/** Marketing may say no after it has taken a message: its gate is asked again when the message is due. */
export function onMessageEvent({ surveys }: Context): Subscription {
  return on(topic("marketing.message", MessageEventSchema), ["suppressed"], async ({ event: { event }, id, scope, at }) => {
    if (event.value.purpose !== Purpose.SURVEY) return;
    const { reason } = event.value;
    const survey = await surveys.findByMessage(scope.tenant, id);
    if (survey) await surveys.update(scope, survey.id, (current) => recordSuppressed(current, reason, at));
  });
}

import type { Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import { onCallEvent } from "./on-call-event.ts";
import { onMessageEvent } from "./on-message-event.ts";
import { onRequestEvent } from "./on-request-event.ts";
import { onSurveyEvent } from "./on-survey-event.ts";
import { onWorkOrderEvent } from "./on-work-order-event.ts";

/** Every topic that this service reads. */
export function subscriptions(context: Context): Subscription[] {
  return [
    context.employees.subscription,
    context.calendars.subscription,
    onCallEvent(context),
    onRequestEvent(context),
    onWorkOrderEvent(context),
    onSurveyEvent(context),
    onMessageEvent(context),
  ];
}

import { on, type Subscription, topic } from "@trunkline/events";
import { type SurveyEvent, SurveyEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { type ContactChange, recordContact } from "./record-contact.ts";

export function onSurveyEvent(context: Context): Subscription {
  return on(topic("service_desk.survey", SurveyEventSchema), async ({ event, id, sequence, scope, at }) => {
    const change = changeOf(event);
    if (change) await recordContact(context, scope, { kind: "survey", sourceId: id, sequence, at }, { ...change, overSince: at });
  });
}

function changeOf({ event }: SurveyEvent): ContactChange | undefined {
  switch (event.case) {
    case "invited":
      return { state: "invited", customerId: event.value.customerId };
    case "sent":
    case "suppressed":
    case "answered":
      return { state: event.case };
    default:
      return undefined;
  }
}

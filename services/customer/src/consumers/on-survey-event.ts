import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { type SurveyEvent, SurveyEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { type ContactChange, recordContact } from "./record-contact.ts";

export function onSurveyEvent(context: Context): Subscription {
  return on(topic("service_desk.survey", SurveyEventSchema), async ({ event, id, sequence, scope }) => {
    const change = changeOf(event);
    const { occurredAt } = event;
    const overSince = occurredAt ? timestampMs(occurredAt) : context.now();
    if (change) await recordContact(context, scope, { kind: "survey", sourceId: id, sequence, occurredAt }, { ...change, overSince });
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

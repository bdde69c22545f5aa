import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { type SurveyEvent, SurveyEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { recordContact } from "./record-contact.ts";

export function onSurveyEvent(context: Context): Subscription {
  return on(topic("service_desk.survey", SurveyEventSchema), async ({ event, id, sequence, scope }) => {
    const change = changeOf(event);
    const overSince = event.occurredAt ? timestampMs(event.occurredAt) : context.now();
    if (change) await recordContact(context, scope, { kind: "survey", sourceId: id, sequence }, { ...change, overSince });
  });
}

function changeOf({ event, occurredAt }: SurveyEvent): Partial<ContactRow> | undefined {
  switch (event.case) {
    case "invited":
      return { state: "invited", at: occurredAt ? timestampMs(occurredAt) : 0, customerId: event.value.customerId };
    case "sent":
    case "suppressed":
    case "answered":
      return { state: event.case };
    default:
      return undefined;
  }
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { type CallEvent, CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { recordContact } from "./record-contact.ts";

export function onCallEvent(context: Context): Subscription {
  return on(topic("telephony.call", CallEventSchema), async ({ event, id, sequence, scope }) => {
    const change = changeOf(event);
    if (change) await recordContact(context, scope, { kind: "call", sourceId: id, sequence }, change);
  });
}

function changeOf({ event, occurredAt }: CallEvent): Partial<ContactRow> | undefined {
  switch (event.case) {
    case "queued":
      return { state: "queued", at: occurredAt ? timestampMs(occurredAt) : 0 };
    case "moved":
      return { state: "queued" };
    case "identified":
      return { customerId: event.value.customerId };
    case "answered":
      return { state: "answered", employeeId: event.value.employeeId };
    case "abandoned":
      return { state: "abandoned" };
    case "leftQueue":
      return { state: "left_queue" };
    default:
      return undefined;
  }
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Received, type Subscription, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { recordContact } from "./record-contact.ts";

const CASES = ["queued", "moved", "identified", "answered", "abandoned", "leftQueue"] as const;

export function onCallEvent(context: Context): Subscription {
  return on(topic("telephony.call", CallEventSchema), CASES, async ({ event, id, sequence, scope }) => {
    const overSince = event.occurredAt ? timestampMs(event.occurredAt) : context.now();
    await recordContact(context, scope, { kind: "call", sourceId: id, sequence }, { ...changeOf(event), overSince });
  });
}

function changeOf({ event, occurredAt }: Received<typeof CallEventSchema, (typeof CASES)[number]>["event"]): Partial<ContactRow> {
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
  }
}

import { on, type Received, type Subscription, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { type ContactChange, recordContact } from "./record-contact.ts";

const CASES = ["queued", "placed", "moved", "identified", "answered", "abandoned", "leftQueue"] as const;

export function onCallEvent(context: Context): Subscription {
  return on(topic("telephony.call", CallEventSchema), CASES, async ({ event, id, sequence, scope, at }) => {
    await recordContact(context, scope, { kind: "call", sourceId: id, sequence, at }, { ...changeOf(event), overSince: at });
  });
}

function changeOf({ event }: Received<typeof CallEventSchema, (typeof CASES)[number]>["event"]): ContactChange {
  switch (event.case) {
    case "queued":
    case "moved":
      return { state: "queued" };
    case "placed":
      return { state: "placed", employeeId: event.value.employeeId };
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

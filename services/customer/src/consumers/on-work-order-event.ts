import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { type WorkOrderEvent, WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { recordContact } from "./record-contact.ts";

export function onWorkOrderEvent(context: Context): Subscription {
  return on(topic("service_desk.work_order", WorkOrderEventSchema), async ({ event, id, sequence, scope }) => {
    const change = changeOf(event);
    if (change) await recordContact(context, scope, { kind: "work_order", sourceId: id, sequence }, change);
  });
}

function changeOf({ event, occurredAt }: WorkOrderEvent): Partial<ContactRow> | undefined {
  switch (event.case) {
    case "dispatched":
      return {
        state: "dispatched",
        at: occurredAt ? timestampMs(occurredAt) : 0,
        customerId: event.value.customerId,
        employeeId: event.value.engineerId,
      };
    case "started":
      return { state: "started" };
    case "completed":
      return { state: "completed" };
    default:
      return undefined;
  }
}

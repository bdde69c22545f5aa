import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { type WorkOrderEvent, WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { recordWork } from "./record-contact.ts";

export function onWorkOrderEvent(context: Context): Subscription {
  return on(topic("service_desk.work_order", WorkOrderEventSchema), async ({ event, id, sequence, source, scope }) => {
    const change = changeOf(event);
    const at = event.occurredAt ? timestampMs(event.occurredAt) : context.now();
    const closed = event.event.case === "completed" ? { closedAt: at } : {};
    if (change) await recordWork(context, { kind: "work_order", id, scope, sequence, source, change, ...closed });
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
    case "rejected":
      // Who will not go has nothing to do with the customer any more.
      return { employeeId: "" };
    case "started":
      return { state: "started" };
    case "completed":
      return { state: "completed" };
    default:
      return undefined;
  }
}

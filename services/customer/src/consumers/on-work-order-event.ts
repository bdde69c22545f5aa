import { on, type Subscription, topic } from "@trunkline/events";
import { type WorkOrderEvent, WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { type ContactChange, recordWork } from "./record-contact.ts";

export function onWorkOrderEvent(context: Context): Subscription {
  return on(topic("service_desk.work_order", WorkOrderEventSchema), async ({ event, id, sequence, source, scope, at }) => {
    const change = changeOf(event);
    const closed = event.event.case === "completed" ? { closedAt: at } : {};
    if (change) await recordWork(context, { kind: "work_order", id, scope, sequence, source, at, change, ...closed });
  });
}

function changeOf({ event }: WorkOrderEvent): ContactChange | undefined {
  switch (event.case) {
    case "dispatched":
      return {
        state: "dispatched",
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

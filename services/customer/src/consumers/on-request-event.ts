import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Subscription, topic } from "@trunkline/events";
import { RequestEventSchema } from "@trunkline/proto/service-desk";
import type { Context } from "../context.ts";
import { recordClosedRequest, recordOpenRequest } from "../domain/customer.ts";
import { onCustomer, recordWork } from "./record-contact.ts";

export function onRequestEvent(context: Context): Subscription {
  return on(topic("service_desk.request", RequestEventSchema), async ({ event: { event, occurredAt }, id, sequence, source, scope }) => {
    const at = occurredAt ? timestampMs(occurredAt) : 0;
    const work = { kind: "request", id, scope, sequence, source, occurredAt };
    if (event.case === "opened") {
      const { customerId, ownerId, type, priority } = event.value;
      const row = await recordWork(context, { ...work, change: { state: "opened", customerId, employeeId: ownerId } });
      if (row?.state === "opened" && customerId !== "")
        await onCustomer(context.customers, scope, customerId, (customer) =>
          recordOpenRequest(customer, { id, type, priority, openedAt: at }),
        );
    } else if (event.case === "assigned" || event.case === "accepted" || event.case === "escalated") {
      await recordWork(context, { ...work, change: { employeeId: event.value.ownerId } });
    } else if (event.case === "resolved") {
      const { customerId, ownerId } = event.value;
      await recordWork(context, { ...work, change: { state: "resolved", customerId, employeeId: ownerId }, closedAt: at });
      if (customerId !== "") await onCustomer(context.customers, scope, customerId, (customer) => recordClosedRequest(customer, id));
    }
  });
}

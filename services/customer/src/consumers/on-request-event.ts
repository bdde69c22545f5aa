import { on, type Subscription, topic } from "@trunkline/events";
import { RequestEventSchema } from "@trunkline/proto/service-desk";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { forgetRequest, type OpenRequest, recordClosedRequest, recordOpenRequest } from "../domain/customer.ts";
import type { ContactRow } from "../stores/contact-trail.ts";
import { onCustomer, recordWork } from "./record-contact.ts";

export function onRequestEvent(context: Context): Subscription {
  return on(topic("service_desk.request", RequestEventSchema), async ({ event: { event }, id, sequence, source, scope, at }) => {
    const work = { kind: "request", id, scope, sequence, source, at };
    if (event.case === "opened") {
      const { customerId, ownerId, type, priority } = event.value;
      const row = await recordWork(context, { ...work, change: { state: "opened", customerId, employeeId: ownerId } });
      await showOpen(context, scope, row, customerId, { id, type, priority });
    } else if (event.case === "assigned" || event.case === "accepted" || event.case === "escalated") {
      await recordWork(context, { ...work, change: { employeeId: event.value.ownerId } });
    } else if (event.case === "customerLinked") {
      const { customerId, previousCustomerId, type, priority } = event.value;
      const row = await recordWork(context, { ...work, change: { customerId } });
      await showOpen(context, scope, row, customerId, { id, type, priority });
      if (previousCustomerId !== "" && row?.customerId !== previousCustomerId)
        await onCustomer(context.customers, scope, previousCustomerId, (customer) => forgetRequest(customer, id));
    } else if (event.case === "resolved") {
      const { customerId, ownerId } = event.value;
      await recordWork(context, { ...work, change: { state: "resolved", customerId, employeeId: ownerId }, closedAt: at });
      if (customerId !== "") await onCustomer(context.customers, scope, customerId, (customer) => recordClosedRequest(customer, id));
    }
  });
}

/** Whoever calls is asked about it, as long as it is open and theirs. */
async function showOpen(
  { customers }: Context,
  scope: CallScope,
  row: ContactRow | undefined,
  customerId: string,
  request: Omit<OpenRequest, "openedAt">,
): Promise<void> {
  if (row?.state !== "opened" || customerId === "" || row.customerId !== customerId) return;
  await onCustomer(customers, scope, customerId, (customer) => recordOpenRequest(customer, { ...request, openedAt: row.at }));
}

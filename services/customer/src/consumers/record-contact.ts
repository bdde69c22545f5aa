import { unless } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type Customer, type CustomerEvent, recordContact as record } from "../domain/customer.ts";
import type { ContactRow } from "../stores/contact-trail.ts";

type Change = Partial<Omit<ContactRow, "sequence" | "kind">>;

/**
 * Applies one event to its contact's row, once and in order, and to the head of the trail on the customer. What a later
 * event does not say stays as an earlier one said it.
 * @returns the row as it stands: what else follows from the contact follows from it, for an event may come late once more
 */
export async function recordContact(
  { trail, customers }: Context,
  scope: CallScope,
  contact: { kind: string; sourceId: string; sequence: number },
  change: Change,
): Promise<ContactRow | undefined> {
  const id = `${contact.kind}/${contact.sourceId}`;
  const row = await trail.upsert(scope.tenant, id, (before) => {
    if (before && before.sequence >= contact.sequence) return undefined;
    const blank = { customerId: "", kind: contact.kind, state: "", at: 0, employeeId: "" };
    return { ...blank, ...before, ...change, sequence: contact.sequence };
  });
  if (!row || row.customerId === "") return row;
  const { customerId, kind, state, at, employeeId } = row;
  await onCustomer(customers, scope, customerId, (customer) => record(customer, { id, kind, state, at, employeeId }));
  return row;
}

/** An event may name a customer that an import never brought; the trail keeps its row all the same. */
export async function onCustomer(
  customers: Context["customers"],
  scope: CallScope,
  customerId: string,
  decide: (customer: Customer) => { state: Customer; events: CustomerEvent[] },
): Promise<void> {
  await customers.update(scope, customerId, decide).catch(unless("customer_not_found"));
}

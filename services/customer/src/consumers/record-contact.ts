import { unless } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import type { EventSource } from "@trunkline/store";
import type { Context } from "../context.ts";
import { type Customer, type CustomerEvent, recordContact as record } from "../domain/customer.ts";
import { recordReader } from "../domain/readers.ts";
import type { ContactRow } from "../stores/contact-trail.ts";

export type ContactChange = Partial<Omit<ContactRow, "sequence" | "kind" | "at">>;

/**
 * Applies one event to its contact's row, once and in order, and to the head of the trail on the customer. What a later
 * event does not say stays as an earlier one said it.
 * @returns the row as it stands: what else follows from the contact follows from it, for an event may come late once more
 */
export async function recordContact(
  { trail, customers }: Context,
  scope: CallScope,
  contact: { kind: string; sourceId: string; sequence: number; at: number },
  change: ContactChange,
): Promise<ContactRow | undefined> {
  const id = `${contact.kind}/${contact.sourceId}`;
  const row = await trail.upsert(scope.tenant, id, (before) => {
    if (before && before.sequence >= contact.sequence) return undefined;
    const blank = { customerId: "", kind: contact.kind, state: "", employeeId: "" };
    // It began with the first event that is heard of it, whichever that is.
    const at = before?.at || contact.at;
    // That a call was answered does not say by whom: of one that we made, it was the customer.
    const ours = before?.state === "placed" || before?.state === "reached";
    const state = ours && change.state === "answered" ? { state: "reached" } : {};
    return { ...blank, ...before, ...change, ...state, at, sequence: contact.sequence };
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
  source?: EventSource,
): Promise<void> {
  await customers.update(scope, customerId, decide, source).catch(unless("customer_not_found"));
}

/** What happened to a visit or a request, as an event says it. */
type Happened = {
  readonly kind: string;
  readonly id: string;
  readonly scope: CallScope;
  readonly sequence: number;
  readonly source: EventSource;
  readonly at: number;
  readonly change: ContactChange;
  /** Of what is over with this event. */
  readonly closedAt?: number;
};

/** As recordContact; and whose the visit or request is by this event sees the customer. */
export async function recordWork(
  context: Context,
  { kind, id, scope, sequence, source, at, change, closedAt }: Happened,
): Promise<ContactRow | undefined> {
  const over = closedAt === undefined ? {} : { overSince: closedAt };
  const row = await recordContact(context, scope, { kind, sourceId: id, sequence, at }, { ...change, ...over });
  // What came late says nothing of whose it is now.
  if (!row || row.customerId === "" || row.sequence !== sequence) return row;
  // Closed by this event or before it.
  const reader = {
    source: `${kind}/${id}`,
    employeeId: row.employeeId,
    ...(row.overSince === undefined ? {} : { closedAt: row.overSince }),
  };
  await onCustomer(context.customers, scope, row.customerId, (customer) => recordReader(customer, reader), source);
  return row;
}

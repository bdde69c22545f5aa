import { contactDetailsFor, type Principal } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { CallerMatchSchema, ContactSchema, CustomerSchema } from "@trunkline/proto/customer";
import type { Customer, RecentContact } from "../domain/customer.ts";

/** The one place where a customer is put into words: numbers and addresses as this reader may see them. */
export function toMessage(customer: Customer, reader: Principal) {
  const shown = contactDetailsFor(reader);
  return messageOf(CustomerSchema, { ...customer, phones: customer.phones.map(shown.number), emails: customer.emails.map(shown.email) });
}

export const toContactMessage = (contact: RecentContact) =>
  messageOf(ContactSchema, { ...contact, at: contact.at > 0 ? contact.at : undefined });

export function toMatchMessage(customer: Customer, reasons: readonly string[], reader: Principal) {
  return messageOf(CallerMatchSchema, {
    customer: toMessage(customer, reader),
    openRequests: customer.openRequests.map(({ id, ...request }) => ({ requestId: id, ...request })),
    lastContacts: customer.recentContacts.map(toContactMessage),
    reasons,
    assets: customer.assets?.map(({ id, ...asset }) => ({ assetId: id, ...asset })),
    assetCount: customer.assetCount ?? 0,
  });
}

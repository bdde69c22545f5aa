import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { contactDetailsFor, type Principal } from "@trunkline/auth";
import { type CallerMatchSchema, type ContactSchema, CustomerKind, type CustomerSchema } from "@trunkline/proto/customer";
import type { Customer, RecentContact } from "../domain/customer.ts";

/** The one place where a customer is put into words: numbers and addresses as this reader may see them. */
export function toMessage(customer: Customer, reader: Principal): MessageInitShape<typeof CustomerSchema> {
  const shown = contactDetailsFor(reader);
  return {
    customerId: customer.id,
    kind: customer.kind === "company" ? CustomerKind.COMPANY : CustomerKind.PERSON,
    name: customer.name,
    phones: customer.phones.map(shown.number),
    emails: customer.emails.map(shown.email),
    grade: customer.grade,
    tags: [...customer.tags],
    regionCode: customer.regionCode,
    address: customer.address,
    timeZone: customer.timeZone,
    alerts: [...customer.alerts],
    createdAt: timestampFromMs(customer.createdAt),
    revision: customer.revision ?? 0,
  };
}

export function toContactMessage(contact: RecentContact): MessageInitShape<typeof ContactSchema> {
  return {
    contactId: contact.id,
    kind: contact.kind,
    state: contact.state,
    ...(contact.at > 0 ? { at: timestampFromMs(contact.at) } : {}),
    employeeId: contact.employeeId,
  };
}

export function toMatchMessage(
  customer: Customer,
  reasons: readonly string[],
  reader: Principal,
): MessageInitShape<typeof CallerMatchSchema> {
  return {
    customer: toMessage(customer, reader),
    openRequests: customer.openRequests.map(({ id, type, priority, openedAt }) => ({
      requestId: id,
      type,
      priority,
      openedAt: timestampFromMs(openedAt),
    })),
    lastContacts: customer.recentContacts.map(toContactMessage),
    reasons: [...reasons],
    assets: (customer.assets ?? []).map(({ id, ...asset }) => ({ assetId: id, ...asset })),
    assetCount: customer.assetCount ?? 0,
  };
}

import { DomainError } from "@trunkline/errors";
import { isMobileNumber } from "@trunkline/phone-number";
import type { Customer, CustomerService, SegmentService } from "@trunkline/proto/customer";
import type { Client } from "@trunkline/rpc";
import type { CallScope } from "@trunkline/runtime";

/** What a message needs to know of a person. */
export type Addressee = {
  readonly customerId: string;
  readonly name: string;
  /** The first mobile number; the first of all where none is one. */
  readonly phone: string;
  readonly email: string;
  readonly timeZone: string;
};
export type MemberPage = { readonly members: readonly Addressee[]; readonly next: string };

export type CustomerDirectory = {
  /** @throws DomainError not_found customer_not_found, unavailable, deadline_exceeded */
  customer(scope: CallScope, customerId: string): Promise<Addressee>;
  /** Members of the segment from a cursor on (empty: the first), in an order that does not change. @throws DomainError not_found segment_not_found */
  members(scope: CallScope, segmentId: string, cursor: string, size: number): Promise<MemberPage>;
};

type Clients = {
  readonly customers: Pick<Client<typeof CustomerService>, "getCustomer">;
  readonly segments: Pick<Client<typeof SegmentService>, "listSegmentMembers">;
};

export function customerDirectory({ customers, segments }: Clients): CustomerDirectory {
  return {
    async customer(scope, customerId) {
      const { customer } = await customers.getCustomer({ customerId }, { scope });
      if (!customer) throw new DomainError("unavailable", "customer_answer_empty", "customer answered without a customer: try again");
      return toAddressee(customer);
    },
    async members(scope, segmentId, cursor, size) {
      const { members, nextPageToken } = await segments.listSegmentMembers({ segmentId, pageSize: size, pageToken: cursor }, { scope });
      return { members: members.map(toAddressee), next: nextPageToken };
    },
  };
}

function toAddressee({ customerId, name, phones, emails, timeZone }: Customer): Addressee {
  return { customerId, name, phone: phones.find(isMobileNumber) ?? phones[0] ?? "", email: emails[0] ?? "", timeZone };
}

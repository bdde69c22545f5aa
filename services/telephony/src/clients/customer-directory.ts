import type { CustomerService } from "@trunkline/proto/customer";
import type { Client } from "@trunkline/rpc";

/** What telephony asks of customer beside who is calling. Without an answer: unavailable, deadline_exceeded. */
export type CustomerDirectory = {
  /** @throws DomainError not_found customer_not_found */
  check(tenant: string, customerId: string): Promise<void>;
  /** Ids of those who have this number, at most five. */
  withNumber(tenant: string, e164: string): Promise<readonly string[]>;
};

const DEADLINE_MS = 2_000;

export function customerDirectory(client: Pick<Client<typeof CustomerService>, "getCustomer" | "identifyCaller">): CustomerDirectory {
  return {
    async check(tenant, customerId) {
      await client.getCustomer({ customerId }, { tenant, deadlineMs: DEADLINE_MS });
    },
    async withNumber(tenant, number) {
      const { matches } = await client.identifyCaller({ number }, { tenant, deadlineMs: DEADLINE_MS });
      return matches.flatMap(({ customer }) => (customer ? [customer.customerId] : []));
    },
  };
}

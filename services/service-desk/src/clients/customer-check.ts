import type { CustomerService } from "@trunkline/proto/customer";
import type { Client } from "@trunkline/rpc";
import type { CallScope } from "@trunkline/runtime";

/** Asks customer whether there is such a customer. @throws DomainError not_found customer_not_found; unavailable */
export type CustomerCheck = (scope: CallScope, customerId: string) => Promise<void>;

export const CHECK_DEADLINE_MS = 2_000;

export function customerCheck(client: Pick<Client<typeof CustomerService>, "getCustomer">): CustomerCheck {
  return async (scope, customerId) => {
    await client.getCustomer({ customerId }, { scope });
  };
}

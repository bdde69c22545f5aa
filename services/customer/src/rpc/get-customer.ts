import { viewerOf } from "@trunkline/auth";
import type { GetCustomerRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./customer-message.ts";

export async function getCustomer({ customers }: Context, { customerId }: GetCustomerRequest, { tenant, principal }: CallContext) {
  return {
    customer: toMessage(await customers.get(tenant, customerId, viewerOf(principal)), principal),
  };
}

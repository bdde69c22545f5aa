import { viewerOf } from "@trunkline/auth";
import type { CustomerService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./customer-message.ts";

export function getCustomer({ customers }: Context): Handlers<typeof CustomerService>["getCustomer"] {
  return async ({ customerId }, { tenant, principal }) => ({
    customer: toMessage(await customers.get(tenant, customerId, viewerOf(principal)), principal),
  });
}

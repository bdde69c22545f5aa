import type { CustomerService } from "@trunkline/proto/customer";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkVisible } from "./check-visible.ts";
import { toContactMessage } from "./customer-message.ts";

export function listContacts({ trail, customers }: Context): Handlers<typeof CustomerService>["listContacts"] {
  return async ({ customerId, pageSize, pageToken }, { tenant, principal }) => {
    await checkVisible(customers, tenant, customerId, principal);
    const page = await trail.page(tenant, { customerId }, { by: "at", direction: -1, size: pageSize, token: pageToken });
    return { contacts: page.items.map(toContactMessage), nextPageToken: page.nextToken };
  };
}

import type { ListContactsRequest } from "@trunkline/proto/customer";
import type { CallContext } from "@trunkline/rpc";
import { newestFirst } from "@trunkline/store";
import type { Context } from "../context.ts";
import { checkVisible } from "./check-visible.ts";
import { toContactMessage } from "./customer-message.ts";

export async function listContacts(
  { trail, customers }: Context,
  { customerId, pageSize, pageToken }: ListContactsRequest,
  { tenant, principal }: CallContext,
) {
  await checkVisible(customers, tenant, customerId, principal);
  const page = await trail.page(tenant, { customerId }, newestFirst("at", { pageSize, pageToken }));
  return { contacts: page.items.map(toContactMessage), nextPageToken: page.nextToken };
}

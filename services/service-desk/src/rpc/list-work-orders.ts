import { viewerOf } from "@trunkline/auth";
import type { ListWorkOrdersRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { given, newestFirst, ownOf } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./work-order-message.ts";

export async function listWorkOrders(
  { workOrders }: Context,
  { pageSize, pageToken, engineerId, state }: ListWorkOrdersRequest,
  { tenant, principal }: CallContext,
) {
  const filter = { ...given({ engineerId, state }), ...ownOf(viewerOf(principal)) };
  const page = await workOrders.page(tenant, filter, newestFirst("createdAt", { pageSize, pageToken }));
  return { workOrders: page.items.map((work) => toMessage({ ...work, candidates: [] })), nextPageToken: page.nextToken };
}

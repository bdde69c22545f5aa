import { viewerOf } from "@trunkline/auth";
import type { ListWorkOrdersRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./work-order-message.ts";

export async function listWorkOrders(
  { workOrders }: Context,
  { pageSize, pageToken, engineerId, state }: ListWorkOrdersRequest,
  { tenant, principal }: CallContext,
) {
  const page = await workOrders.list(tenant, { engineerId, state }, pageSize, pageToken, viewerOf(principal));
  return { workOrders: page.items.map((work) => toMessage({ ...work, candidates: [] })), nextPageToken: page.nextToken };
}

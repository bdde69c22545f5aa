import { viewerOf } from "@trunkline/auth";
import type { ListRequestsRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./request-message.ts";

export async function listRequests(
  { requests }: Context,
  { pageSize, pageToken, state, queueId, customerId }: ListRequestsRequest,
  { tenant, principal }: CallContext,
) {
  const page = await requests.list(tenant, { state, queueId, customerId }, pageSize, pageToken, viewerOf(principal));
  return { requests: page.items.map(toMessage), nextPageToken: page.nextToken };
}

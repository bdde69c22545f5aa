import { viewerOf } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { type ListRequestsRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function listRequests(
  { requests }: Context,
  { pageSize, pageToken, state, queueId, customerId }: ListRequestsRequest,
  { tenant, principal }: CallContext,
) {
  const page = await requests.list(tenant, { state, queueId, customerId }, pageSize, pageToken, viewerOf(principal));
  return { requests: page.items.map((one) => messageOf(RequestSchema, one)), nextPageToken: page.nextToken };
}

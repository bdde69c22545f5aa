import { viewerOf } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { type ListRequestsRequest, RequestSchema } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { given, newestFirst, ownOf } from "@trunkline/store";
import type { Context } from "../context.ts";

export async function listRequests(
  { requests }: Context,
  { pageSize, pageToken, state, queueId, customerId }: ListRequestsRequest,
  { tenant, principal }: CallContext,
) {
  const filter = { ...given({ state, queueId, customerId }), ...ownOf(viewerOf(principal)) };
  const page = await requests.page(tenant, filter, newestFirst("openedAt", { pageSize, pageToken }));
  return { requests: page.items.map((one) => messageOf(RequestSchema, one)), nextPageToken: page.nextToken };
}

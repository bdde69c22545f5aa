import type { ListRequestQueuesRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./request-queue-message.ts";

export async function listRequestQueues({ queues }: Context, { pageSize, pageToken }: ListRequestQueuesRequest, { tenant }: CallContext) {
  const page = await queues.page(tenant, {}, inOrder("_id", { pageSize, pageToken }));
  return { queues: page.items.map(toMessage), nextPageToken: page.nextToken };
}

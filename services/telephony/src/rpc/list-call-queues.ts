import type { ListCallQueuesRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import { toMessage } from "./call-queue-message.ts";

export async function listCallQueues({ queues }: Context, { pageSize, pageToken }: ListCallQueuesRequest, { tenant }: CallContext) {
  const page = await queues.page(tenant, {}, inOrder("name", { pageSize, pageToken }));
  return { queues: page.items.map(toMessage), nextPageToken: page.nextToken };
}

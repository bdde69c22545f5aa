import type { RequestQueueService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./request-queue-message.ts";

export function listRequestQueues({ queues }: Context): Handlers<typeof RequestQueueService>["listRequestQueues"] {
  return async ({ pageSize, pageToken }, { tenant }) => {
    const page = await queues.page(tenant, {}, { by: "_id", direction: 1, size: pageSize, token: pageToken });
    return { queues: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}

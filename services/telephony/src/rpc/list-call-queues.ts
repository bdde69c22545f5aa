import type { CallQueueService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-queue-message.ts";

export function listCallQueues({ queues }: Context): Handlers<typeof CallQueueService>["listCallQueues"] {
  return async ({ pageSize, pageToken }, { tenant }) => {
    const page = await queues.page(tenant, {}, { by: "name", direction: 1, size: pageSize, token: pageToken });
    return { queues: page.items.map(({ changedAt: _changedAt, ...queue }) => toMessage(queue)), nextPageToken: page.nextToken };
  };
}

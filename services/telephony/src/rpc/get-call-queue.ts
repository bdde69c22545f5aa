import { DomainError } from "@trunkline/errors";
import type { CallQueueService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-queue-message.ts";

export function getCallQueue({ queues }: Context): Handlers<typeof CallQueueService>["getCallQueue"] {
  return async ({ queueId }, { tenant }) => {
    const queue = queues.known(tenant, queueId);
    if (!queue) throw new DomainError("not_found", "call_queue_not_found", "there is no such queue", { queueId });
    return { queue: toMessage(queue) };
  };
}

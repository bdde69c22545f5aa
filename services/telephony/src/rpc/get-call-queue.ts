import { DomainError } from "@trunkline/errors";
import type { GetCallQueueRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "./call-queue-message.ts";

export async function getCallQueue({ queues }: Context, { queueId }: GetCallQueueRequest, { tenant }: CallContext) {
  const queue = queues.known(tenant, queueId);
  if (!queue) throw new DomainError("not_found", "call_queue_not_found", "there is no such queue", { queueId });
  return { queue: toMessage(queue) };
}

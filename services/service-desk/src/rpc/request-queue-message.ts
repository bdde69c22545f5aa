import { messageOf } from "@trunkline/proto";
import { type RequestQueue as QueueMessage, RequestQueueSchema } from "@trunkline/proto/service-desk";
import type { RequestQueue } from "../domain/request-queue.ts";

export const toMessage = (queue: RequestQueue) => messageOf(RequestQueueSchema, { ...queue, queueId: queue.id });

export function fromMessage({ queueId, name, ownerId, calendarId, ladder, firstResponseMs, resolutionMs }: QueueMessage): RequestQueue {
  return {
    id: queueId,
    name,
    ownerId,
    calendarId,
    ladder: ladder.map((step) => ({ level: step.level, limitMs: Number(step.limitMs), ownerId: step.ownerId })),
    firstResponseMs: Number(firstResponseMs),
    resolutionMs: Number(resolutionMs),
  };
}

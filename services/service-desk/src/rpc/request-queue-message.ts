import type { MessageInitShape } from "@bufbuild/protobuf";
import type { RequestQueue as QueueMessage, RequestQueueSchema } from "@trunkline/proto/service-desk";
import type { RequestQueue } from "../domain/request-queue.ts";

export function toMessage({
  id,
  name,
  ownerId,
  calendarId,
  ladder,
  firstResponseMs,
  resolutionMs,
  revision,
}: RequestQueue): MessageInitShape<typeof RequestQueueSchema> {
  return {
    queueId: id,
    name,
    ownerId,
    calendarId,
    ladder: ladder.map(({ level, limitMs, ownerId: takesOver }) => ({ level, limitMs: BigInt(limitMs), ownerId: takesOver })),
    firstResponseMs: BigInt(firstResponseMs),
    resolutionMs: BigInt(resolutionMs),
    revision: revision ?? 0,
  };
}

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

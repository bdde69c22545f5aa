import { DomainError, isDomainError } from "@trunkline/errors";
import ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

type Queue = { pending: unknown[]; throttledUntil: number; scheduleCheckPendingRequests(): void };
const queue = RequestQueue.prototype as Queue;
const scheduleCheck = queue.scheduleCheckPendingRequests;
// The client re-arms a timer for each idle connection for ever (about 4 % of a core each); nothing is pending then.
queue.scheduleCheckPendingRequests = function checkOnlyWhenPending(this: Queue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) scheduleCheck.call(this);
};

type Group = {
  groupId: string;
  offsetManager: { nextOffset(topic: string, partition: number): unknown };
  recoverFromOffsetOutOfRange(place: { topic: string; partition: number }): Promise<void>;
};
// The client would go to the oldest event in silence: what lies between is lost to this consumer, and nobody would know.
(ConsumerGroup.prototype as Group).recoverFromOffsetOutOfRange = async function stopLoudly(this: Group, { topic, partition }) {
  const offset = String(this.offsetManager.nextOffset(topic, partition));
  const message =
    `${this.groupId} comes to offset ${offset} of ${topic}/${partition}, which the broker does not hold: find out what is missing, ` +
    "set the group's offset (kafka-consumer-groups --reset-offsets), then restart";
  const lost = new DomainError("unavailable", "offset_out_of_range", message, { topic, partition, offset });
  throw Object.assign(lost, { retriable: false });
};

/** The error above, if that is why the client stopped; whoever imports this has the patches. */
export function lostOffset(error: unknown): DomainError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isDomainError(cause) && cause.code === "offset_out_of_range") return cause;
  }
  return undefined;
}

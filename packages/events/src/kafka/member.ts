import { pause } from "@trunkline/runtime";
import type { EachBatchPayload, Consumer as KafkaConsumer } from "kafkajs";
import { type Gathering, gathering } from "../gather.ts";
import { type Member, type Membership, placeOf } from "../transport.ts";
import { openMembership } from "./membership.ts";
import { toLogMessage } from "./message.ts";
import type { KafkaParts } from "./parts.ts";

const GROUP = {
  // The shortest that a broker allows by default: so long a killed member holds up its group.
  sessionTimeout: 6_000,
  heartbeatInterval: 1_000,
  rebalanceTimeout: 15_000,
  maxWaitTimeInMs: 500,
};
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10 };
const RUN = { autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16 };
const HEARTBEAT_MS = 1_000;
/** Between one fetch of a stream and the next, unless more is known to wait. */
const GATHER_MS = 40;

export async function joinGroup({ client, prefix, log }: KafkaParts, membership: Membership): Promise<Member> {
  const { group, stop } = membership;
  const topics = membership.topics.map((topic) => prefix + topic);
  const retry = { ...RETRY, restartOnFailure: async () => !stop.aborted };
  const consumer = client.consumer({ groupId: prefix + group, ...GROUP, retry });
  tellAssigned(consumer, prefix, membership.assigned);
  const eachBatch = batchesOf(membership, prefix);
  const { joined, failure } = await openMembership(consumer, topics, { ...RUN, eachBatch }, log, stop);
  return {
    joined,
    failure,
    commit: (offsets) =>
      consumer.commitOffsets(offsets.map(({ topic, partition, next }) => ({ topic: prefix + topic, partition, offset: String(next) }))),
    halt: () => {
      try {
        consumer.pause(topics.map((topic) => ({ topic })));
      } catch {
        // It has crashed and not come back: nothing is fetched.
      }
    },
    leave: () => consumer.disconnect(),
  };
}

function tellAssigned(consumer: KafkaConsumer, prefix: string, assigned: Membership["assigned"]): void {
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    const owned = Object.entries(memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => placeOf(topic.slice(prefix.length), partition)),
    );
    assigned(new Set(owned));
  });
}

/** Gives what each fetch brought of a partition to the handler. */
export function batchesOf(
  { handle, stop }: Pick<Membership, "handle" | "stop">,
  prefix: string,
): (payload: EachBatchPayload) => Promise<void> {
  const gather = gathering(GATHER_MS);
  return async (payload) => {
    const { batch, resolveOffset, heartbeat, isRunning, isStale } = payload;
    const behind = Number(batch.highWatermark) - 1 - Number(batch.lastOffset());
    const place = { topic: batch.topic.slice(prefix.length), partition: batch.partition };
    gather.passed(batch.messages.length);
    const beating = setInterval(() => heartbeat().catch(() => undefined), HEARTBEAT_MS);
    const work = handle({ ...place, messages: batch.messages.map(toLogMessage), behind }, () => !isRunning() || isStale());
    const { next, paused } = await work.finally(() => clearInterval(beating));
    if (next !== undefined) resolveOffset(String(next - 1));
    if (paused) {
      const resume = payload.pause();
      void paused.then(() => !stop.aborted && resume());
    }
    await company(gather, behind, stop);
  };
}

/** The batches of one fetch come together, and all are handled before the next fetch. */
async function company({ rest }: Gathering, behind: number, stop: AbortSignal): Promise<void> {
  const wait = behind > 0 ? 0 : rest();
  if (wait > 0) await pause(wait, stop);
}

import { metrics } from "@opentelemetry/api";
import { backOff, withDeadline } from "@trunkline/runtime";
import { type BatchParts, batchHandler } from "./batch-handler.ts";
import { deadLetterTopic, type ParkedKeys, replayDeadLetters } from "./dead-letters.ts";
import type { Kafka } from "./kafka.ts";
import { createDeadLetterWriter } from "./process-message.ts";
import type { Subscription } from "./subscription.ts";

export type ConsumeOptions = {
  readonly kafka: Kafka;
  /** The consuming service's name; also names its dead letters. */
  readonly group: string;
  readonly subscriptions: readonly Subscription[];
  readonly parked: ParkedKeys;
};

export type Consumer = {
  /** Handled events that are not yet committed, plus events known to wait. */
  readonly lag: () => number;
} & AsyncDisposable;

const COMMIT_MS = 50;
const REPLAY_POLL_MS = 1_000;
const STOP_MS = 10_000;
const GROUP = {
  // The shortest that a broker allows by default: so long a killed member holds up its group.
  sessionTimeout: 6_000,
  heartbeatInterval: 1_000,
  rebalanceTimeout: 15_000,
  maxWaitTimeInMs: 500,
  retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10, restartOnFailure: async () => true },
};

/**
 * Reads topics for a service: keys in parallel, one key in order. Only an unbroken run of handled offsets is committed.
 * A handler that meets something unavailable pauses its partition and is tried again; what can never succeed goes to
 * the dead letters and parks its key. Disposal finishes what is under way.
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const { kafka, group, subscriptions, parked } = options;
  const byTopic = new Map(subscriptions.map((subscription) => [kafka.prefix + subscription.topic.name, subscription]));
  const stopping = new AbortController();
  const consumer = kafka.client.consumer({ groupId: kafka.prefix + group, ...GROUP });
  const keys = parkedKeysOf(consumer, parked);
  const dead = await createDeadLetterWriter(kafka, group, parked, keys.now);
  const offsets = openOffsets(consumer, kafka);
  const eachBatch = batchHandler({
    ...options,
    byTopic,
    dead,
    parkedNow: keys.now,
    parkedKnown: keys.known,
    stop: stopping.signal,
    progress: offsets.progress,
  });
  await consumer.connect();
  for (const name of byTopic.keys()) await consumer.subscribe({ topic: name, fromBeginning: true });
  // Not awaited: after a kill the group waits for the dead member's session to end, and a service answers calls meanwhile.
  const joined = consumer
    .run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16, eachBatch })
    .catch((error: unknown) => kafka.log.error({ err: error }, "the consumer could not start"));
  const stopCommitting = every(COMMIT_MS, offsets.commit);
  const stopReplaying = every(REPLAY_POLL_MS, async () => {
    if (keys.now.size > 0) await replayAsked(options, byTopic, keys.now);
  });
  const lagGauge = metrics.getMeter("@trunkline/events").createObservableGauge("consumer.lag");
  lagGauge.addCallback((result) => result.observe(offsets.lag(), { group }));
  return {
    lag: offsets.lag,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await stopReplaying();
      await withDeadline("joining the group", STOP_MS, joined).catch(() => undefined);
      await consumer.stop();
      await stopCommitting();
      await offsets.commit();
      await consumer.disconnect();
      await dead.close();
    },
  };
}

type KafkaConsumer = ReturnType<ConsumeOptions["kafka"]["client"]["consumer"]>;

/** Keys may have been parked by another member: they are read again whenever this one joins. */
function parkedKeysOf(consumer: KafkaConsumer, parked: ParkedKeys): { readonly now: Set<string>; known(): Promise<void> } {
  const now = new Set<string>();
  const read = async () => {
    for (let attempt = 1; ; attempt++) {
      const list = await parked.list().catch(() => undefined);
      if (list) return void list.forEach(({ topic, key }) => void now.add(`${topic} ${key}`));
      await backOff(attempt, 100, 2_000);
    }
  };
  let reading = read();
  consumer.on(consumer.events.GROUP_JOIN, () => {
    reading = read();
  });
  return { now, known: () => reading };
}

/** Commits what is handled, many partitions at a time and a moment later. */
function openOffsets(
  consumer: KafkaConsumer,
  { log }: ConsumeOptions["kafka"],
): { lag(): number; commit(): Promise<void>; progress: BatchParts["progress"] } {
  const dirty = new Map<string, { topic: string; partition: number; offset: string }>();
  const waiting = new Map<string, number>();
  return {
    lag: () => [...waiting.values()].reduce((sum, n) => sum + n, 0) + dirty.size,
    progress({ topic, partition, offset, waiting: more }) {
      waiting.set(`${topic}/${partition}`, more);
      if (offset !== undefined) dirty.set(`${topic}/${partition}`, { topic, partition, offset });
    },
    async commit() {
      if (dirty.size === 0) return;
      const offsets = [...dirty.values()];
      dirty.clear();
      await consumer.commitOffsets(offsets).catch((error: unknown) => {
        // Not lost: whoever reads from the older offset meets events that their fences know.
        log.debug({ err: error }, "offsets were not committed");
      });
    },
  };
}

async function replayAsked(
  { kafka, group, parked }: ConsumeOptions,
  byTopic: ReadonlyMap<string, Subscription>,
  parkedNow: Set<string>,
): Promise<void> {
  for (const { topic, key, replay } of await parked.list()) {
    const subscription = byTopic.get(kafka.prefix + topic);
    if (!replay || !subscription) continue;
    const applied = await replayDeadLetters(kafka, group, subscription, key, parked);
    parkedNow.delete(`${topic} ${key}`);
    kafka.log.info({ topic: deadLetterTopic(topic, group), applied }, "dead letters replayed");
  }
}

/** Runs work again and again with a pause between, never twice at once; the returned function ends it and waits. */
function every(ms: number, work: () => Promise<void>): () => Promise<void> {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await work().catch(() => undefined);
      await backOff(1, ms, ms, stop.signal);
    }
  };
  const running = loop();
  return async () => {
    stop.abort();
    await running;
  };
}

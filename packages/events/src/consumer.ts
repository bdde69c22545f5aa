import { metrics } from "@opentelemetry/api";
import { backOff, withDeadline } from "@trunkline/runtime";
import { type BatchHandler, batchHandler } from "./batch-handler.ts";
import type { ConsumeOptions } from "./consume-options.ts";
import type { Kafka } from "./kafka.ts";
import { type KeyGate, openKeyGate } from "./key-gate.ts";
import { type Membership, openMembership } from "./membership.ts";
import { type Offsets, openOffsets } from "./offsets.ts";
import { replayAsked } from "./replay.ts";

export type Consumer = {
  /** Handled events that are not yet committed, plus events known to wait. */
  readonly lag: () => number;
  /** @throws unavailable offset_out_of_range when it stands still until a person has decided */
  readonly check: () => Promise<void>;
} & AsyncDisposable;

/** Each commit is a request of its own; what is handled and not committed comes again after a kill, and its fence knows it. */
const COMMIT_MS = 200;
const REPLAY_POLL_MS = 1_000;
const STOP_MS = 10_000;
const LAST_COMMIT_MS = 3_000;
const GROUP = {
  // The shortest that a broker allows by default: so long a killed member holds up its group.
  sessionTimeout: 6_000,
  heartbeatInterval: 1_000,
  rebalanceTimeout: 15_000,
  maxWaitTimeInMs: 500,
};
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10 };
const RUN = { autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16 };

/**
 * Reads topics for a service: keys in parallel, one key in order. Only an unbroken run of handled offsets is committed.
 * A handler that meets something unavailable pauses its partition and is tried again; what can never succeed goes to
 * the dead letters and parks its key. Disposal finishes what is under way.
 */
export async function consume(options: ConsumeOptions): Promise<Consumer> {
  const { kafka, group, subscriptions } = options;
  const byTopic = new Map(subscriptions.map((subscription) => [kafka.prefix + subscription.topic.name, subscription]));
  const stopping = new AbortController();
  const stop = stopping.signal;
  const retry = { ...RETRY, restartOnFailure: async () => !stop.aborted };
  const consumer = kafka.client.consumer({ groupId: kafka.prefix + group, ...GROUP, retry });
  const gate = openKeyGate(options.dead);
  const offsets = openOffsets(consumer, kafka);
  const batches = batchHandler({ ...options, byTopic, gate, stop, progress: offsets.progress });
  const owned = ownedPartitions(consumer, { gate, offsets, batches });
  const topics = [...byTopic.keys()];
  const membership = await openMembership(consumer, topics, { ...RUN, eachBatch: batches.handle }, kafka.log, stop);
  const owns = (topic: string, partition: number) => owned.has(`${topic}/${partition}`);
  const stopCommitting = every(COMMIT_MS, offsets.commit);
  const stopReplaying = every(REPLAY_POLL_MS, () => replayAsked({ ...options, byTopic, gate, owns, stop }));
  observe(group, {
    "consumer.lag": offsets.lag,
    "consumer.parked_keys": () => gate.ownSize((topic, partition) => owns(kafka.prefix + topic, partition)),
  });
  return {
    lag: offsets.lag,
    check: async () => {
      const failure = membership.failure();
      if (failure) throw failure;
    },
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await Promise.all([stopReplaying(), stopCommitting()]);
      await end({ consumer, topics, membership, batches, offsets });
    },
  };
}

function observe(group: string, gauges: Readonly<Record<string, () => number>>): void {
  const meter = metrics.getMeter("@trunkline/events");
  for (const [name, read] of Object.entries(gauges))
    meter.createObservableGauge(name).addCallback((result) => result.observe(read(), { group }));
}

type KafkaConsumer = ReturnType<Kafka["client"]["consumer"]>;

/** The partitions that this member reads. When they change hands, what was known of the others is forgotten. */
function ownedPartitions(
  consumer: KafkaConsumer,
  { gate, offsets, batches }: { gate: KeyGate; offsets: Offsets; batches: BatchHandler },
): ReadonlySet<string> {
  const owned = new Set<string>();
  consumer.on(consumer.events.GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    owned.clear();
    for (const [topic, partitions] of Object.entries(memberAssignment)) for (const n of partitions) owned.add(`${topic}/${n}`);
    gate.forget();
    offsets.keep(owned);
    batches.keep(owned);
  });
  return owned;
}

type Running = {
  consumer: KafkaConsumer;
  topics: readonly string[];
  membership: Membership;
  batches: BatchHandler;
  offsets: Offsets;
};

/** Fetches no more, finishes what is under way, commits it while still a member, then leaves. */
async function end({ consumer, topics, membership, batches, offsets }: Running): Promise<void> {
  await withDeadline("joining the group", STOP_MS, membership.joined).catch(() => undefined);
  try {
    consumer.pause(topics.map((topic) => ({ topic })));
  } catch {
    // It has crashed and not come back: nothing is fetched.
  }
  await withDeadline("finishing events", STOP_MS, batches.idle()).catch(() => undefined);
  await withDeadline("the last commit", LAST_COMMIT_MS, offsets.commit()).catch(() => undefined);
  await withDeadline("leaving the group", STOP_MS, consumer.disconnect()).catch(() => undefined);
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

import { metrics } from "@opentelemetry/api";
import type { EachBatchPayload } from "kafkajs";
import { backOff, withDeadline } from "@trunkline/runtime";
import { deadLetterTopic, type ParkedKeys, replayDeadLetters, toRaw } from "./dead-letters.ts";
import { createDeadLetterWriter, type Outcome, processMessage } from "./process-message.ts";
import type { Kafka } from "./kafka.ts";
import { runKeyed } from "./run-keyed.ts";
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

const PARALLEL_KEYS = 32;
const COMMIT_MS = 50;
const HEARTBEAT_MS = 1_000;
const REPLAY_POLL_MS = 1_000;
/** The shortest that a broker allows by default: so long a killed member holds up its group. */
const SESSION_MS = 6_000;
const STOP_MS = 10_000;

type Position = { attempts: number; ahead: Set<string> };

/**
 * Reads topics for a service: keys in parallel, one key in order. Only an unbroken run of handled offsets is committed.
 * A handler that meets something unavailable pauses its partition and is tried again; what can never succeed goes to
 * the dead letters and parks its key. Disposal finishes what is under way.
 */
export async function consume({ kafka, group, subscriptions, parked }: ConsumeOptions): Promise<Consumer> {
  const byTopic = new Map(subscriptions.map((subscription) => [kafka.prefix + subscription.topic.name, subscription]));
  const parkedNow = new Set((await parked.list()).map(({ topic, key }) => `${topic} ${key}`));
  const positions = new Map<string, Position>();
  const waitingByPartition = new Map<string, number>();
  const dirty = new Map<string, { topic: string; partition: number; offset: string }>();
  const dead = await createDeadLetterWriter(kafka, group, parked, parkedNow);
  const consumer = kafka.client.consumer({
    groupId: kafka.prefix + group,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: 15_000,
    maxWaitTimeInMs: 500,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 10, restartOnFailure: async () => true },
  });
  const stopping = new AbortController();

  const eachBatch = async (payload: EachBatchPayload) => {
    const { batch, resolveOffset, heartbeat, pause, isRunning, isStale } = payload;
    const subscription = byTopic.get(batch.topic);
    if (!subscription) return;
    const place = `${batch.topic}/${batch.partition}`;
    const position = positions.get(place) ?? { attempts: 0, ahead: new Set<string>() };
    positions.set(place, position);
    const beating = setInterval(() => heartbeat().catch(() => undefined), HEARTBEAT_MS);
    const outcomes = await runKeyed(batch.messages, PARALLEL_KEYS, (message) => message.key?.toString() ?? "", async (message): Promise<Outcome> => {
      if (position.ahead.has(message.offset)) return "done";
      if (!isRunning() || isStale()) return "later";
      return processMessage({ raw: toRaw(message), subscription, group, dead, parkedNow, signal: stopping.signal, log: kafka.log });
    }).finally(() => clearInterval(beating));
    const later = settle(batch.messages, outcomes, position, (offset) => {
      resolveOffset(offset);
      dirty.set(place, { topic: batch.topic, partition: batch.partition, offset: String(BigInt(offset) + 1n) });
    });
    waitingByPartition.set(place, Number(batch.highWatermark) - 1 - Number(batch.lastOffset()) + later);
    if (later === 0) position.attempts = 0;
    else if (isRunning() && !isStale()) {
      const resume = pause();
      position.attempts += 1;
      backOff(position.attempts, 100, 5_000, stopping.signal).then(resume);
    }
  };
  await consumer.connect();
  for (const name of byTopic.keys()) await consumer.subscribe({ topic: name, fromBeginning: true });
  // Not awaited: after a kill the group waits for the dead member's session to end, and a service answers calls meanwhile.
  const joined = consumer
    .run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16, eachBatch })
    .catch((error: unknown) => kafka.log.error({ err: error }, "the consumer could not start"));

  const commit = async () => {
    if (dirty.size === 0) return;
    const offsets = [...dirty.values()];
    dirty.clear();
    await consumer.commitOffsets(offsets).catch((error: unknown) => {
      // Not lost: whoever reads from the older offset meets events that their fences know.
      kafka.log.debug({ err: error }, "offsets were not committed");
    });
  };
  const stopCommitting = every(COMMIT_MS, commit);
  const stopReplaying = every(REPLAY_POLL_MS, async () => {
    if (parkedNow.size === 0) return;
    for (const { topic, key, replay } of await parked.list()) {
      const subscription = byTopic.get(kafka.prefix + topic);
      if (!replay || !subscription) continue;
      const applied = await replayDeadLetters(kafka, group, subscription, key, parked);
      parkedNow.delete(`${topic} ${key}`);
      kafka.log.info({ topic: deadLetterTopic(topic, group), applied }, "dead letters replayed");
    }
  });
  const lag = () => [...waitingByPartition.values()].reduce((sum, n) => sum + n, 0) + dirty.size;
  metrics.getMeter("@trunkline/events").createObservableGauge("consumer.lag").addCallback((result) => result.observe(lag(), { group }));
  return {
    lag,
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await stopReplaying();
      await withDeadline("joining the group", STOP_MS, joined).catch(() => undefined);
      await consumer.stop();
      await stopCommitting();
      await commit();
      await consumer.disconnect();
      await dead.close();
    },
  };
}

/** Marks the unbroken run as resolved, remembers what was handled beyond a gap, and says how many wait. */
function settle(messages: readonly { offset: string }[], outcomes: readonly Outcome[], position: Position, resolve: (offset: string) => void): number {
  let broken = false;
  let later = 0;
  let last: string | undefined;
  for (const [index, message] of messages.entries()) {
    if (outcomes[index] === "later") {
      broken = true;
      later += 1;
    } else if (broken) {
      position.ahead.add(message.offset);
    } else {
      position.ahead.delete(message.offset);
      last = message.offset;
    }
  }
  if (last !== undefined) resolve(last);
  return later;
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

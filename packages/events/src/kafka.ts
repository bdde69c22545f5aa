import { readFileSync } from "node:fs";
import { DomainError, isDomainError } from "@trunkline/errors";
import { backOff, type Logger } from "@trunkline/runtime";
import { Kafka as KafkaClient, type KafkaConfig, logLevel } from "kafkajs";
import ConsumerGroup from "kafkajs/src/consumer/consumerGroup.js";
import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import type { Topic } from "./topic.ts";

/** A configured connection to the brokers; the client's own types stay inside this package. */
export type Kafka = {
  readonly client: KafkaClient;
  readonly prefix: string;
  /** No topic is created with more: brokers of a small installation or of tests need not carry hundreds. */
  readonly mostPartitions: number;
  readonly log: Logger;
};

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

/** The error above, if that is why the client stopped. */
export function lostOffset(error: unknown): DomainError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (isDomainError(cause) && cause.code === "offset_out_of_range") return cause;
  }
  return undefined;
}

/** How the brokers are reached. */
export type KafkaSecurity = {
  readonly tls?: boolean | undefined;
  /** File of the authority that signed the brokers' certificates; without it the public ones count. */
  readonly ca?: string | undefined;
  readonly sasl?:
    | { readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512"; readonly username: string; readonly password: string }
    | undefined;
};

/** @throws Error when the file cannot be read, or a password would go over the network in clear */
export function securityOptions({ tls, ca, sasl }: KafkaSecurity): Pick<KafkaConfig, "ssl" | "sasl"> {
  const ssl = tls === true || ca !== undefined;
  if (sasl?.mechanism === "plain" && !ssl)
    throw new Error("KAFKA_SECURITY: with the mechanism plain the password is sent in clear: set tls");
  return {
    ...(ssl ? { ssl: ca === undefined ? true : { ca: [readFileSync(ca, "utf8")] } } : {}),
    ...(sasl ? { sasl: sasl as NonNullable<KafkaConfig["sasl"]> } : {}),
  };
}

/** @param prefix put before every topic and group, so that tests can share one broker */
export function connectKafka(
  brokers: string,
  clientId: string,
  log: Logger,
  prefix = "",
  mostPartitions = Number.POSITIVE_INFINITY,
  security: KafkaSecurity = {},
): Kafka {
  const client = new KafkaClient({
    brokers: brokers.split(","),
    ...securityOptions(security),
    clientId,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    connectionTimeout: 3_000,
    requestTimeout: 15_000,
    logLevel: logLevel.ERROR,
    logCreator:
      () =>
      ({ log: entry }) =>
        log.debug({ kafka: entry.message }, "kafka client"),
  });
  return { client, prefix, mostPartitions, log };
}

const DAYS_30_MS = 30 * 24 * 3_600_000;

/** Creates the topics that are missing. A broker that accepts connections is not yet ready for this, so it is tried for up to 30 s. */
export async function ensureTopics(kafka: Kafka, topics: readonly Topic[]): Promise<void> {
  const admin = kafka.client.admin();
  const wanted = topics.map((topic) => ({
    topic: kafka.prefix + topic.name,
    numPartitions: Math.min(topic.partitions, kafka.mostPartitions),
    configEntries: topic.compacted ? [{ name: "cleanup.policy", value: "compact" }] : [{ name: "retention.ms", value: String(DAYS_30_MS) }],
  }));
  for (let attempt = 1; ; attempt++) {
    try {
      await admin.connect();
      const existing = new Set(await admin.listTopics());
      const missing = wanted.filter(({ topic }) => !existing.has(topic));
      if (missing.length > 0) await admin.createTopics({ topics: missing, waitForLeaders: true, timeout: 10_000 });
      // Another service may be creating the same ones just now: they count only when they have a leader.
      await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
      await admin.disconnect();
      return;
    } catch (error) {
      await admin.disconnect().catch(() => undefined);
      if (attempt === 20) throw error;
      await backOff(attempt, 100, 2_000);
    }
  }
}

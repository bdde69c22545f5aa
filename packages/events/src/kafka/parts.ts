import type { Logger } from "@trunkline/runtime";
import type { Kafka as KafkaClient } from "kafkajs";

export type KafkaParts = {
  readonly client: KafkaClient;
  /** Put before every topic and group. */
  readonly prefix: string;
  /** No topic is created with more: brokers of a small installation or of tests need not carry hundreds. */
  readonly mostPartitions: number;
  readonly log: Logger;
};

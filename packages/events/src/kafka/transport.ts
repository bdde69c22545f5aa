import type { Logger } from "@trunkline/runtime";
import type { Transport } from "../transport.ts";
import { openBacklog } from "./backlog.ts";
import { type KafkaSecurity, kafkaClient } from "./client.ts";
import { joinGroup } from "./member.ts";
import type { KafkaParts } from "./parts.ts";
import { kafkaPublisher } from "./publisher.ts";
import { scanTopic } from "./scan.ts";
import { ensureTopics } from "./topics.ts";

/**
 * Events over Kafka's brokers, between as many processes as there are.
 * @param brokers comma list of host:port
 * @param prefix put before every topic and group, so that tests can share one broker
 * @param mostPartitions no topic is created with more
 */
export function connectKafka(
  brokers: string,
  clientId: string,
  log: Logger,
  prefix = "",
  mostPartitions = Number.POSITIVE_INFINITY,
  security: KafkaSecurity = {},
): Transport {
  return kafkaTransport({ client: kafkaClient(brokers, clientId, log, security), prefix, mostPartitions, log });
}

export function kafkaTransport(parts: KafkaParts): Transport {
  const backlog = openBacklog(parts);
  return {
    log: parts.log,
    ensureTopics: (topics) => ensureTopics(parts, topics),
    publisher: () => kafkaPublisher(parts),
    join: (membership) => joinGroup(parts, membership),
    scan: (topic, take) => scanTopic(parts, topic, take),
    backlog: backlog.read,
    [Symbol.asyncDispose]: backlog.close,
  };
}

import { pingKafka } from "./kafka-probe.ts";
import { sharedSettings } from "./kafka-settings.ts";
import { LOOPBACK } from "./ports.ts";
import { pingMongo, pingRedis } from "./probes.ts";
import type { EngineName } from "./types.ts";

/** How an engine's image is run. */
export interface ContainerRecipe {
  readonly what: string;
  readonly image: string;
  /** Where the server listens inside. */
  readonly port: number;
  readonly dataPath: string;
  readonly args: readonly string[];
  /** Environment of the container, given the port published outside. */
  readonly settings: (port: number) => Readonly<Record<string, string>>;
  readonly address: (port: number) => string;
  readonly probe: (address: string) => Promise<void>;
}

const CLUSTER_ID = "VHJ1bmtsaW5lTG9jYWxLYQ";

export const CONTAINERS: Readonly<Record<EngineName, ContainerRecipe>> = {
  kafka: {
    what: "Kafka",
    image: "apache/kafka:4.3.1",
    port: 9092,
    dataPath: "/var/lib/kafka/data",
    args: [],
    settings: kafkaEnvironment,
    address: (port) => `${LOOPBACK}:${port}`,
    probe: pingKafka,
  },
  mongo: {
    what: "MongoDB",
    image: "mongo:8",
    port: 27017,
    dataPath: "/data/db",
    args: ["--bind_ip_all", "--wiredTigerCacheSizeGB", "0.25"],
    settings: () => ({}),
    address: (port) => `mongodb://${LOOPBACK}:${port}`,
    probe: pingMongo,
  },
  redis: {
    what: "Redis",
    image: "redis:8",
    port: 6379,
    dataPath: "/data",
    // Inside, every client comes from another address; outside, the port is published on loopback only.
    args: ["redis-server", "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--protected-mode", "no"],
    settings: () => ({}),
    address: (port) => `redis://${LOOPBACK}:${port}`,
    probe: pingRedis,
  },
};

/** The image takes each setting as a variable: upper case, dots as underscores. */
function kafkaEnvironment(port: number): Record<string, string> {
  const settings = {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": "1@localhost:9093",
    listeners: "PLAINTEXT://:9092,CONTROLLER://:9093",
    "advertised.listeners": `PLAINTEXT://${LOOPBACK}:${port}`,
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "log.dirs": "/var/lib/kafka/data",
    ...sharedSettings,
  };
  const variables = Object.entries(settings).map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll(".", "_")}`, String(value)]);
  return { ...Object.fromEntries(variables), CLUSTER_ID, KAFKA_HEAP_OPTS: "-Xmx256m -Xms64m" };
}

import { connectKafka } from "@trunkline/events/kafka";
import { createLogger } from "@trunkline/runtime";
import { connectMongo, openDeadLetters } from "@trunkline/store/mongo";
import mongoose from "mongoose";
import { type Engines, startEngines } from "../engines/index.ts";
import type { Family, FamilyOptions } from "./family.ts";
import { lookAt } from "./look.ts";
import { CONSUMERS, type ServiceName } from "./service-names.ts";

/** Kafka, MongoDB and Redis, shared by all instances of the services. */
export async function distributedFamily({ env, dataDir, family, prefix, mongoBackend, onProgress }: FamilyOptions): Promise<Family> {
  onProgress("engines: looking for Kafka, MongoDB and Redis");
  const kind = family === "local" || family === "docker" ? family : undefined;
  const engines = await startEngines({ env, dataDir, mongoBackend, onProgress, kind });
  onProgress(`engines: Kafka ${engines.kinds.kafka}, MongoDB ${engines.kinds.mongo}, Redis ${engines.kinds.redis}`);
  const settings = { MONGO_URL: engines.mongoUrl, KAFKA_BROKERS: engines.kafkaBrokers, REDIS_URL: engines.redisUrl, DATA_DIR: "" };
  return {
    settings,
    embedded: undefined,
    engines,
    connect: () => eventsOf(engines, prefix),
    look: () => lookAt(settings, prefix),
    deadLetters: async (service, database) => {
      const mongo = await connectMongo(engines.mongoUrl, database);
      return { ...(await openDeadLetters(mongo, service, Date.now)), [Symbol.asyncDispose]: () => mongo[Symbol.asyncDispose]() };
    },
    waiting: (services, databases) => waitingIn(engines, prefix, services, databases),
    [Symbol.asyncDispose]: () => engines[Symbol.asyncDispose](),
  };
}

const eventsOf = ({ kafkaBrokers }: Engines, prefix: string) =>
  connectKafka(kafkaBrokers, "dev-env", createLogger("dev-env", "silent"), prefix);

async function waitingIn(
  engines: Engines,
  prefix: string,
  services: readonly ServiceName[],
  databases: readonly string[],
): Promise<string[]> {
  await using transport = eventsOf(engines, prefix);
  const connection = await mongoose.createConnection(engines.mongoUrl).asPromise();
  try {
    return [...(await outboxes(connection, databases)), ...(await transport.backlog(services.filter((name) => CONSUMERS.includes(name))))];
  } finally {
    await connection.close();
  }
}

async function outboxes(connection: mongoose.Connection, databases: readonly string[]): Promise<string[]> {
  const waiting: string[] = [];
  for (const name of databases) {
    const db = connection.useDb(name).db;
    if (!db) continue;
    for (const { name: collection } of await db.listCollections({}, { nameOnly: true }).toArray()) {
      if (collection.startsWith("system.")) continue;
      const marked = await db
        .collection(collection)
        .findOne({ $or: [{ pendingSince: { $exists: true } }, { dirtySince: { $exists: true } }] }, { projection: { _id: 1 } });
      if (marked) waiting.push(`${name}.${collection}`);
    }
  }
  return waiting;
}

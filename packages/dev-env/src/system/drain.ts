import { connectKafka, type Kafka } from "@trunkline/events";
import { backOff, createLogger } from "@trunkline/runtime";
import kafkajs from "kafkajs";
import mongoose from "mongoose";
import { CONSUMERS, type ServiceName } from "./service-names.ts";

type Drained = {
  readonly deadlineMs: number;
  readonly kafkaBrokers: string;
  readonly mongoUrl: string;
  readonly prefix: string;
  readonly databases: readonly string[];
  readonly services: readonly ServiceName[];
};

const POLL_MS = 40;

/**
 * Waits until nothing is on its way: every outbox empty, every consumer at the end of what it reads, twice in a row.
 * @throws Error that names what was still waiting after the deadline
 */
export async function drain({ deadlineMs, kafkaBrokers, mongoUrl, prefix, databases, services }: Drained): Promise<void> {
  const admin = connectKafka(kafkaBrokers, "drain", createLogger("drain", "silent")).client.admin();
  const connection = await mongoose.createConnection(mongoUrl).asPromise();
  await admin.connect();
  try {
    const deadline = performance.now() + deadlineMs;
    for (let quiet = 0; quiet < 2; ) {
      const waiting = [...(await outboxes(connection, databases)), ...(await lags(admin, prefix, services))];
      quiet = waiting.length === 0 ? quiet + 1 : 0;
      if (waiting.length > 0 && performance.now() > deadline)
        throw new Error(`still on its way after ${deadlineMs / 1000} s: ${waiting.join(", ")}`);
      await backOff(1, POLL_MS, POLL_MS);
    }
  } finally {
    await admin.disconnect();
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

type Admin = ReturnType<Kafka["client"]["admin"]>;

async function lags(admin: Admin, prefix: string, services: readonly ServiceName[]): Promise<string[]> {
  const waiting: string[] = [];
  const ends = new Map<string, Map<number, number>>();
  for (const service of services.filter((name) => CONSUMERS.includes(name))) {
    const topics = await topicsOf(admin, prefix + service);
    if (!topics) waiting.push(`${service}, which joins its group`);
    const offsets = topics ? await admin.fetchOffsets({ groupId: prefix + service, topics }).catch(() => []) : [];
    for (const { topic, partitions } of offsets) {
      if (!ends.has(topic))
        ends.set(topic, new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)])));
      for (const { partition, offset } of partitions) {
        const high = ends.get(topic)?.get(partition) ?? 0;
        // A partition that was never committed stands at -1: everything in it waits.
        if (Math.max(0, Number(offset)) < high) waiting.push(`${service} on ${topic}/${partition}`);
      }
    }
  }
  return waiting;
}

/** What a group reads, also before it has committed anything; undefined while it gathers. Of one that nobody is in, what it has committed. */
async function topicsOf(admin: Admin, groupId: string): Promise<string[] | undefined> {
  const [group] = (await admin.describeGroups([groupId])).groups;
  if (group?.state === "Empty") return (await admin.fetchOffsets({ groupId })).map(({ topic }) => topic);
  if (group?.state !== "Stable") return undefined;
  const { MemberMetadata } = kafkajs.AssignerProtocol;
  return [...new Set(group.members.flatMap(({ memberMetadata }) => MemberMetadata.decode(memberMetadata)?.topics ?? []))];
}

import { connectKafka } from "@trunkline/events";
import { backOff, createLogger } from "@trunkline/runtime";
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
  await using transport = connectKafka(kafkaBrokers, "drain", createLogger("drain", "silent"), prefix);
  const groups = services.filter((name) => CONSUMERS.includes(name));
  const connection = await mongoose.createConnection(mongoUrl).asPromise();
  try {
    const deadline = performance.now() + deadlineMs;
    for (let quiet = 0; quiet < 2; ) {
      const waiting = [...(await outboxes(connection, databases)), ...(await transport.backlog(groups))];
      quiet = waiting.length === 0 ? quiet + 1 : 0;
      if (waiting.length > 0 && performance.now() > deadline)
        throw new Error(`still on its way after ${deadlineMs / 1000} s: ${waiting.join(", ")}`);
      await backOff(1, POLL_MS, POLL_MS);
    }
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

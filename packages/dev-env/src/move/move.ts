import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Topic, unreadIn } from "@trunkline/events";
import { connectKafka } from "@trunkline/events/kafka";
import { createLogger } from "@trunkline/runtime";
import { holdFolder } from "@trunkline/store";
import { connectMongo, takeOverFile } from "@trunkline/store/mongo";
import { SERVICES } from "../system/service-names.ts";

export type Move = {
  /** Of the embedded installation, which stands still meanwhile. */
  readonly folder: string;
  readonly mongoUrl: string;
  readonly kafkaBrokers: string;
  /** Put before topics, groups and databases, here and there. */
  readonly prefix: string;
  /** Those of the services; they are created where they are missing. */
  readonly topics: readonly Topic[];
  readonly mostPartitions: number;
  readonly print: (line: string) => void;
};

export type Moved = { readonly documents: number; readonly events: number };

/**
 * Carries an embedded installation to MongoDB and Kafka: all documents as they are, and the events that some service has still to read, so that each begins
 * at the start of its topics. Each document is read back and compared. The folder stays as it is: nothing is lost when it breaks off, and it may
 * be done again into databases that hold nothing else.
 * @throws DomainError unavailable folder_in_use while the installation runs; Error that names what differs
 */
export async function move({ folder, mongoUrl, kafkaBrokers, prefix, topics, mostPartitions, print }: Move): Promise<Moved> {
  if (!existsSync(join(folder, "events.db"))) throw new Error(`${folder} holds no installation of Trunkline: name its data folder`);
  using _held = holdFolder(folder);
  let documents = 0;
  for (const service of SERVICES) {
    const file = join(folder, `${service}.db`);
    if (!existsSync(file)) continue;
    await using mongo = await connectMongo(mongoUrl, `${prefix}${service}`.replaceAll(".", "-"));
    const counts = await takeOverFile(file, service, mongo);
    const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
    documents += all;
    print(`${service}: ${all} documents in ${counts.size} collections, each compared`);
  }
  await using transport = connectKafka(kafkaBrokers, "move", createLogger("move", "warn"), prefix, mostPartitions);
  await transport.ensureTopics(topics);
  const known = new Set(topics.map(({ name }) => name));
  const publisher = transport.publisher();
  let events = 0;
  for (const { topic, page } of unreadIn(join(folder, "events.db"), prefix)) {
    if (!known.has(topic)) throw new Error(`nobody knows the topic ${topic} any more: start and stop this release once on the folder`);
    await publisher.send(page);
    events += page.length;
  }
  await publisher.close();
  print(`events: ${events} that somebody has still to read, or that stand on compacted topics`);
  return { documents, events };
}

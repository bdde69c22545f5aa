import { isDeepStrictEqual } from "node:util";
import type { DeadLetters } from "@trunkline/events";
import type { mongo } from "mongoose";
import { openFileDeadLetters } from "../sqlite/dead-letters.ts";
import { documentsOf, type FileDocument } from "../sqlite/documents.ts";
import { openDeadLetters } from "./backend.ts";
import type { Mongo } from "./connect.ts";
import type { Collection } from "./queries.ts";

/**
 * Carries a service's file over: documents with their versions, sequences and outboxes, dead letters with their keys. May be done again after it
 * broke off. Then both are held against each other.
 * @returns how many documents of each collection are there now
 * @throws Error that names what differs
 */
export async function takeOverFile(file: string, service: string, to: Mongo): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { collection: name, page } of documentsOf(file)) {
    const collection = to.connection.collection(name) as unknown as Collection;
    const operations = page.map((one) => ({
      replaceOne: { filter: { _id: one.doc._id }, replacement: stored(one), upsert: true },
    }));
    await collection.bulkWrite(operations as never, { ordered: false });
    await compare(collection, name, page);
    counts.set(name, (counts.get(name) ?? 0) + page.length);
  }
  for (const [name, count] of counts) {
    const there = await (to.connection.collection(name) as unknown as mongo.Collection).countDocuments();
    if (there !== count)
      throw new Error(`${service}.${name}: ${count} documents were carried over, and ${there} are there: take an empty database`);
  }
  using from = openFileDeadLetters(file, service, Date.now);
  await carryLetters(from, await openDeadLetters(to, service, Date.now));
  return counts;
}

function stored({ doc, outbox, since }: FileDocument) {
  return outbox.length > 0 ? { ...doc, outbox, pendingSince: since } : doc;
}

async function compare(collection: Collection, name: string, page: readonly FileDocument[]): Promise<void> {
  const ids = page.map(({ doc }) => doc._id);
  const found = await collection.find({ _id: { $in: ids } }, { promoteBuffers: true, batchSize: ids.length + 1 }).toArray();
  const there = new Map(
    found.map(({ outbox, pendingSince: _since, ...doc }) => [doc._id, { doc, events: (outbox as unknown[] | undefined)?.length ?? 0 }]),
  );
  for (const { doc, outbox } of page) {
    const copy = there.get(doc._id);
    if (!isDeepStrictEqual(copy?.doc, doc) || copy?.events !== outbox.length)
      throw new Error(`${name}: ${doc._id} differs after it was carried over`);
  }
}

async function carryLetters(from: DeadLetters, to: DeadLetters): Promise<void> {
  for (const { topic, key } of await from.keys())
    for (let page = await from.letters(topic, key); page.length > 0; page = await from.letters(topic, key, page.at(-1)))
      for (const letter of page) {
        await to.write(letter);
        await to.park(letter);
      }
}

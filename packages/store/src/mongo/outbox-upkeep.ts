import { type OutboxEntry, RELAY_HOLDS_MS, type Relay } from "@trunkline/events";
import type { Clock } from "@trunkline/runtime";
import { idOf } from "../aggregate-document.ts";
import type { Collection } from "./queries.ts";

/** One collection's events: where they go, and up to which sequence each document's are out. */
export type OutboxSource = {
  readonly collection: Collection;
  readonly name: string;
  readonly topic: string;
  readonly published: Map<string, number>;
};

const PAGE = 200;
/** In one round; a relay is full before that. */
const MOST = 50_000;
/** A document with so many pending events is written all the time: it is never found at rest. */
const HOT = 50;
const SWEEP_MS = 30_000;

/**
 * Takes what is out from the documents. Where no newer event has come since, all of it, one statement for all documents that stand at the
 * same sequence: a statement for each costs the engine several times as much. From those that are never at rest, what is out.
 */
export async function clearPublished({ collection, published }: OutboxSource, now: Clock): Promise<void> {
  if (published.size === 0) return;
  const done = [...published];
  const standing = Map.groupBy(done, ([, sequence]) => sequence);
  const operations = [...standing].flatMap(([sequence, documents]) => {
    const _id = { $in: documents.map(([id]) => id) };
    const busy = { _id, sequence: { $gt: sequence }, [`outbox.${HOT}`]: { $exists: true } };
    return [
      { updateMany: { filter: { _id, sequence }, update: { $unset: { outbox: 1, pendingSince: 1 } } } },
      { updateMany: { filter: busy, update: { $pull: { outbox: { n: { $lte: sequence } } }, $set: { pendingSince: now() } } } },
    ];
  });
  await collection.bulkWrite(operations as never, { ordered: false });
  for (const [id, sequence] of done) if (published.get(id) === sequence) published.delete(id);
}

/**
 * Publishes what a crash left behind and what relays have given up, the oldest first, until nothing is left or the relay is full. Younger
 * events belong to the relay that has just taken them.
 */
export async function sweep({ collection, name, topic, published }: OutboxSource, relay: Pick<Relay, "offer">, now: Clock): Promise<void> {
  const left = collection
    .find(
      { pendingSince: { $lt: now() - RELAY_HOLDS_MS } },
      { projection: { outbox: 1, tenant: 1 }, promoteBuffers: true, batchSize: PAGE, limit: MOST, maxTimeMS: SWEEP_MS },
    )
    .sort({ pendingSince: 1 });
  for await (const doc of left) {
    const id = idOf(doc);
    const entries = (doc["outbox"] ?? []) as OutboxEntry[];
    const taken = relay.offer({ source: name, topic, tenant: doc.tenant, id, entries, published: (last) => published.set(doc._id, last) });
    if (!taken) return;
  }
}

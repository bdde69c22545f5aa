import type { OutboxEntry, Relay } from "@trunkline/events";
import { type Clock, failpointActive, type Logger, repeat } from "@trunkline/runtime";
import { type mongo, Schema } from "mongoose";
import { checkFieldNames } from "./aggregate-document.ts";
import type { Mongo } from "./connect.ts";
import { mongoAggregates } from "./mongo-aggregates.ts";
import { mongoParkedKeys } from "./mongo-parked-keys.ts";
import { type Collection, inOneReply } from "./mongo-queries.ts";
import { mongoRows } from "./mongo-rows.ts";
import type { StoreBackend } from "./store.ts";

export type MongoBackendOptions = {
  readonly mongo: Mongo;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  readonly log: Logger;
};

const CLEAR_EVERY_MS = 200;
const SWEEP_EVERY_MS = 2_000;
/** Younger pending events belong to the relay that has just taken them. */
const SWEEP_AFTER_MS = 3_000;
const SWEEP_BATCH = 200;

type Source = { readonly collection: Collection; readonly name: string; readonly topic: string; readonly published: Map<string, number> };

/** The data of one service in MongoDB. Indexes are created here, at start, from the schemas. */
export function mongoBackend({ mongo, relay, now, log }: MongoBackendOptions): StoreBackend {
  const sources: Source[] = [];
  const open = async (name: string, schema: Schema): Promise<Collection> => {
    const model = mongo.connection.models[name] ?? mongo.connection.model(name, schema, name);
    await createIndexes(model.collection as unknown as mongo.Collection, schema);
    return model.collection as unknown as Collection;
  };
  const upkeep = (everyMs: number, work: () => Promise<unknown>) => repeat({ what: "outbox upkeep", everyMs, work, log, restFirst: true });
  const loops = [
    upkeep(CLEAR_EVERY_MS, () => Promise.all(sources.map(clearPublished))),
    upkeep(SWEEP_EVERY_MS, async () => {
      if (!failpointActive("sweeper.off")) await Promise.all(sources.map((source) => sweep(source, relay, now)));
    }),
  ];
  return {
    async aggregates(spec) {
      checkFieldNames(spec);
      spec.schema.index({ pendingSince: 1 }, { sparse: true }).index({ postponed: 1 }, { sparse: true });
      const collection = await open(spec.name, spec.schema);
      const published = new Map<string, number>();
      sources.push({ collection, name: spec.name, topic: spec.topic.name, published });
      return mongoAggregates(spec, { collection, relay, now, published });
    },
    rows: async (spec) => mongoRows(await open(spec.name, spec.schema)),
    parkedKeys: async (consumer) => mongoParkedKeys(await open("parked_keys", new Schema({}).index({ tenant: 1 })), consumer),
    check: () => mongo.check(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      await Promise.all(sources.map(clearPublished)).catch(() => undefined);
    },
  };
}

async function createIndexes(collection: mongo.Collection, schema: Schema): Promise<void> {
  for (const [key, options] of schema.indexes()) {
    const { unique, sparse, expireAfterSeconds, partialFilterExpression } = options as mongo.CreateIndexesOptions;
    await collection.createIndex(key as mongo.IndexSpecification, {
      ...(unique ? { unique } : {}),
      ...(sparse ? { sparse } : {}),
      ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
      ...(partialFilterExpression ? { partialFilterExpression } : {}),
    });
  }
}

/**
 * Takes what is out from the documents; only where no newer event has come since. One statement for all documents that
 * stand at the same sequence: a statement for each costs the engine several times as much.
 */
async function clearPublished({ collection, published }: Source): Promise<void> {
  if (published.size === 0) return;
  const done = [...published];
  const standing = Map.groupBy(done, ([, sequence]) => sequence);
  const operations = [...standing].map(([sequence, documents]) => ({
    updateMany: { filter: { _id: { $in: documents.map(([id]) => id) }, sequence }, update: { $unset: { outbox: 1, pendingSince: 1 } } },
  }));
  await collection.bulkWrite(operations as never, { ordered: false });
  for (const [id, sequence] of done) if (published.get(id) === sequence) published.delete(id);
}

/** Publishes what a crash left behind, and what the relay had no room for. */
async function sweep({ collection, name, topic, published }: Source, relay: Pick<Relay, "offer">, now: Clock): Promise<void> {
  const left = await collection
    .find(
      { pendingSince: { $lt: now() - SWEEP_AFTER_MS } },
      { projection: { outbox: 1, tenant: 1 }, promoteBuffers: true, ...inOneReply(SWEEP_BATCH) },
    )
    .sort({ pendingSince: 1 })
    .toArray();
  for (const doc of left) {
    const id = doc._id.slice(doc.tenant.length + 1);
    const entries = (doc["outbox"] ?? []) as OutboxEntry[];
    relay.offer({ source: name, topic, tenant: doc.tenant, id, entries, published: (last) => published.set(doc._id, last) });
  }
}

import type { DeadLetters, Relay } from "@trunkline/events";
import { type Clock, failpointActive, type Logger, newId, repeat } from "@trunkline/runtime";
import type { mongo, Schema } from "mongoose";
import { checkFieldNames } from "./aggregate-document.ts";
import type { Mongo } from "./connect.ts";
import { type Lease, openLease } from "./lease.ts";
import { mongoAggregates } from "./mongo-aggregates.ts";
import { DEAD_LETTERS, mongoDeadLetters, PARKED_KEYS } from "./mongo-dead-letters.ts";
import type { Collection } from "./mongo-queries.ts";
import { mongoRows } from "./mongo-rows.ts";
import { clearPublished, type OutboxSource, sweep } from "./outbox-upkeep.ts";
import { reannounce } from "./reannounce.ts";
import { withOver } from "./retention.ts";
import type { StoreBackend } from "./store.ts";

export type MongoBackendOptions = {
  readonly mongo: Mongo;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  readonly log: Logger;
};

const CLEAR_EVERY_MS = 200;
const SWEEP_EVERY_MS = 2_000;
const ANNOUNCE_EVERY_MS = 60_000;

/** The data of one service in MongoDB. Indexes are created here, at start, from the schemas. */
export function mongoBackend({ mongo, relay, now, log }: MongoBackendOptions): StoreBackend {
  const sources: OutboxSource[] = [];
  const announcing: (() => Promise<number>)[] = [];
  let lease: Promise<Lease> | undefined;
  let swept = false;
  /** One instance sweeps and announces: each other one would publish the same once more. */
  const mine = async () => {
    lease ??= openLease(backend, { service: "store", name: "outbox", owner: newId(now()), now });
    return (await lease).hold();
  };
  const upkeep = (everyMs: number, work: () => Promise<unknown>) => repeat({ what: "outbox upkeep", everyMs, work, log, restFirst: true });
  const loops = [
    upkeep(CLEAR_EVERY_MS, () => Promise.all(sources.map((source) => clearPublished(source, now)))),
    upkeep(SWEEP_EVERY_MS, async () => {
      // The first time whoever has the lease: one that crashed may still hold it, and what it left is published at once.
      const may = (await mine()) || !swept;
      if (failpointActive("sweeper.off") || !may) return;
      swept = true;
      for (const source of sources) await sweep(source, relay, now);
    }),
    upkeep(ANNOUNCE_EVERY_MS, async () => {
      if (await mine()) for (const announce of announcing) while ((await announce()) > 0);
    }),
  ];
  const backend: StoreBackend = {
    async aggregates(declared) {
      checkFieldNames(declared);
      const spec = withOver(declared);
      spec.schema.index({ pendingSince: 1 }, { sparse: true }).index({ postponed: 1 }, { sparse: true });
      if (spec.announce) spec.schema.index({ writtenAt: 1 });
      const collection = await open(mongo, spec);
      const published = new Map<string, number>();
      sources.push({ collection, name: spec.name, topic: spec.topic.name, published });
      const store = mongoAggregates(spec, { collection, relay, now, published });
      const { announce } = spec;
      if (announce) announcing.push(() => reannounce(store, announce, now));
      return store;
    },
    rows: async (spec) => mongoRows(spec, await open(mongo, spec)),
    deadLetters: (consumer) => openDeadLetters(mongo, consumer, now),
    check: () => mongo.check(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(loops.map((one) => one[Symbol.asyncDispose]()));
      await Promise.all(sources.map((source) => clearPublished(source, now))).catch(() => undefined);
      await lease?.then((one) => one[Symbol.asyncDispose]()).catch(() => undefined);
    },
  };
  return backend;
}

/** The dead letters of one consumer, beside its other data; also for the command by which an operator looks at them. */
export async function openDeadLetters(mongo: Mongo, consumer: string, now: Clock): Promise<DeadLetters> {
  return mongoDeadLetters(await open(mongo, PARKED_KEYS), await open(mongo, DEAD_LETTERS), consumer, now);
}

async function open({ connection }: Mongo, { name, schema }: { readonly name: string; readonly schema: Schema }): Promise<Collection> {
  const model = connection.models[name] ?? connection.model(name, schema, name);
  await createIndexes(model.collection as unknown as mongo.Collection, schema);
  return model.collection as unknown as Collection;
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

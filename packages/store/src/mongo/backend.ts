import type { DescMessage } from "@bufbuild/protobuf";
import type { DeadLetters, Relay } from "@trunkline/events";
import { type Clock, failpointActive, type Logger, newId, repeat } from "@trunkline/runtime";
import type { mongo } from "mongoose";
import { type Lease, openLease } from "../lease.ts";
import { reannounce } from "../reannounce.ts";
import { withOver } from "../retention.ts";
import {
  type AggregateSpec,
  type DomainEvent,
  type Index,
  type Indexed,
  type IndexOptions,
  partsOf,
  type State,
  type StoreBackend,
} from "../store.ts";
import { mongoAggregates } from "./aggregates.ts";
import type { Mongo } from "./connect.ts";
import { DEAD_LETTERS, mongoDeadLetters, PARKED_KEYS } from "./dead-letters.ts";
import { clearPublished, type OutboxSource, sweep } from "./outbox-upkeep.ts";
import type { Collection } from "./queries.ts";
import { mongoRows } from "./rows.ts";

export type MongoBackendOptions = {
  readonly mongo: Mongo;
  readonly relay: Pick<Relay, "offer">;
  readonly now: Clock;
  readonly log: Logger;
};

const CLEAR_EVERY_MS = 200;
const SWEEP_EVERY_MS = 2_000;
const ANNOUNCE_EVERY_MS = 60_000;

/** The data of one service in MongoDB. Indexes are created here, at start. */
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
    async aggregates<S extends State, E extends DomainEvent, M extends DescMessage, D extends string>(declared: AggregateSpec<S, E, M, D>) {
      const spec = withOver(declared as unknown as AggregateSpec<S, E, M, string>);
      const more: Index[] = ["pendingSince", "postponed"].map((field) => [{ [field]: 1 }, { sparse: true }]);
      const announced = spec.announce ? [{ writtenAt: 1 } as const] : [];
      const collection = await open(mongo, { name: spec.name, indexes: [...spec.indexes, ...more, ...announced] });
      const published = new Map<string, number>();
      sources.push({ collection, name: spec.name, topic: spec.topic.name, published });
      const store = mongoAggregates(spec, { collection, relay, now, published });
      const { announce } = spec;
      if (announce) announcing.push(() => reannounce(store, announce, now));
      return store;
    },
    rows: async (spec) => mongoRows(spec, await open(mongo, spec as Indexed)),
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

async function open({ connection }: Mongo, { name, indexes }: Indexed): Promise<Collection> {
  const collection = connection.collection(name) as unknown as mongo.Collection;
  for (const index of indexes) {
    const [keys, options] = partsOf(index);
    await collection.createIndex(keys, optionsOf(keys, options));
  }
  return collection as unknown as Collection;
}

function optionsOf(keys: object, { unique, sparse, partial }: IndexOptions): mongo.CreateIndexesOptions {
  const [first = ""] = Object.keys(keys).filter((field) => field !== "tenant");
  return {
    ...(unique ? { unique } : {}),
    ...(sparse ? { sparse } : {}),
    ...(partial ? { partialFilterExpression: { [first]: { $exists: true } } } : {}),
  };
}

import { afterAll, beforeAll, describe, expect, it, jest } from "@jest/globals";
import { createRelay, type Outgoing, type Relay, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import fc from "fast-check";
import type { AggregateSpec, AggregateStore } from "../store.ts";
import { mongoAggregates } from "./aggregates.ts";
import { connectMongo, type Mongo } from "./connect.ts";
import { clearPublished, type OutboxSource, sweep } from "./outbox-upkeep.ts";
import type { Collection } from "./queries.ts";

type Ticket = { readonly id: string; readonly count: number };
type Grown = { readonly type: "queued"; readonly at: number };
type Batch = readonly Outgoing[];

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const scope = { tenant: "t1", actor: "employee/1", causation: "", correlation: "" };
const IDS = ["a", "b", "c"] as const;

/** A broker that answers when it is told to; its log is what consumers read. */
function broker() {
  const log: { key: string; sequence: number }[] = [];
  const write = (batch: Batch) => {
    for (const { key, headers } of batch) log.push({ key, sequence: Number(headers["sequence"]) });
  };
  return { log, write };
}

/** One process: a store, its relay, and what it knows to be out. All that two of them share is the collection. */
async function startInstance(
  collection: Collection,
  spec: AggregateSpec<Ticket, Grown, typeof CallEventSchema>,
  now: () => number,
  write: (batch: Batch) => void,
) {
  /** From then on the broker takes everything at once. */
  const mood = { open: false };
  const flights: { batch: Batch; settle: (error?: Error) => void }[] = [];
  const publisher = {
    open: async () => undefined,
    close: async () => undefined,
    send: (batch: Batch) =>
      new Promise<void>((resolve, reject) => {
        if (mood.open) {
          write(batch);
          return resolve();
        }
        flights.push({ batch, settle: (error) => (error ? reject(error) : resolve()) });
      }),
  };
  const relay: Relay = await createRelay({ publisher: () => publisher, log: quiet });
  const published = new Map<string, number>();
  const source: OutboxSource = { collection, name: spec.name, topic: spec.topic.name, published };
  const store: AggregateStore<Ticket, Grown> = mongoAggregates(spec, { collection, relay, now, published });
  const open = async () => {
    mood.open = true;
    for (const { batch, settle } of flights.splice(0)) {
      write(batch);
      settle();
    }
    while (relay.size() > 0) await turn();
  };
  return { flights, relay, source, store, open };
}
const turn = () => new Promise((resolve) => setImmediate(resolve));
type Instance = Awaited<ReturnType<typeof startInstance>>;

type Op =
  | { readonly do: "write"; readonly by: number; readonly id: (typeof IDS)[number] }
  | { readonly do: "answer"; readonly by: number; readonly how: "taken" | "taken, answer lost" | "refused" }
  | { readonly do: "sweep" | "clear" | "crash"; readonly by: number }
  | { readonly do: "pass" };
const by = fc.integer({ min: 0, max: 1 });
const someOp: fc.Arbitrary<Op> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant("write" as const), by, id: fc.constantFrom(...IDS) }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant("answer" as const),
      by,
      how: fc.constantFrom("taken" as const, "taken, answer lost" as const, "refused" as const),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom("sweep" as const, "clear" as const, "crash" as const), by }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pass" as const) }) },
);

describe("whatever happens between write, relay, sweeper, crash and consumer", () => {
  let mongo: Mongo;
  beforeAll(async () => {
    // Only the time by which a relay gives up is the test's.
    jest.useFakeTimers({
      doNotFake: [
        "Date",
        "hrtime",
        "nextTick",
        "queueMicrotask",
        "setImmediate",
        "clearImmediate",
        "setInterval",
        "clearInterval",
        "setTimeout",
        "clearTimeout",
      ],
    });
    mongo = await connectMongo(process.env["MONGO_URL"] ?? "", `promise_${process.pid}_${Math.round(performance.now())}`);
  });
  afterAll(async () => {
    jest.useRealTimers();
    await mongo.connection.dropDatabase();
    await mongo[Symbol.asyncDispose]();
  });
  let run = 0;

  it("every event comes, first times in order, and its effect happens once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(someOp, { minLength: 5, maxLength: 40, size: "max" }), async (ops) => {
        const spec = {
          name: `tickets${run++}`,
          noun: "ticket",
          indexes: [],
          topic: topic("contract.ticket", CallEventSchema),
          encode: () => ({ case: "queued" as const, value: { queue: "q" } }),
        } satisfies AggregateSpec<Ticket, Grown, typeof CallEventSchema>;
        const collection = mongo.connection.collection(spec.name) as unknown as Collection;
        const world = { now: 1_000_000 };
        const { log, write } = broker();
        const start = () => startInstance(collection, spec, () => world.now, write);
        const instances: [Instance, Instance] = [await start(), await start()];
        /** Of processes that are gone: what they had sent may still arrive. */
        const gone: Instance[] = [];
        const at = (n: number) => instances[n as 0 | 1];
        const answer = async ({ flights }: Instance, how: string) => {
          const flight = flights.shift();
          if (!flight) return;
          if (how !== "refused") write(flight.batch);
          flight.settle(how === "taken" ? undefined : new Error(how));
          for (let n = 0; n < 5; n++) await turn();
        };
        for (const id of IDS) await at(0).store.create(scope, id, { state: { id, count: 0 }, events: [{ type: "queued", at: 1 }] });
        for (const op of ops) {
          if (op.do === "write")
            await at(op.by).store.update(scope, op.id, (s) => ({
              state: { ...s, count: s.count + 1 },
              events: [{ type: "queued", at: 1 }],
            }));
          else if (op.do === "answer") await answer(at(op.by), op.how);
          else if (op.do === "sweep") await sweep(at(op.by).source, at(op.by).relay, () => world.now);
          else if (op.do === "clear") await clearPublished(at(op.by).source, () => world.now);
          else if (op.do === "pass") {
            world.now += 4_000;
            jest.advanceTimersByTime(4_000);
          } else {
            gone.push(at(op.by));
            instances[op.by as 0 | 1] = await start();
          }
        }
        const [survivor] = instances;
        // Cut off for a while: what they send comes behind what the survivor has published.
        for (const one of [...gone, instances[1], survivor]) await one.open();
        for (let round = 0; round < 50 && (await collection.countDocuments({ outbox: { $exists: true } })) > 0; round++) {
          world.now += 4_000;
          await sweep(survivor.source, survivor.relay, () => world.now);
          while (survivor.relay.size() > 0) await turn();
          await clearPublished(survivor.source, () => world.now);
        }
        for (const id of IDS) {
          const doc = await collection.findOne({ _id: `t1/${id}` });
          expect([id, doc?.["outbox"], doc?.["pendingSince"]]).toEqual([id, undefined, undefined]);
          const all = Array.from({ length: Number(doc?.["sequence"]) }, (_, n) => n + 1);
          const came = log.filter(({ key }) => key === `t1/${id}`).map(({ sequence }) => sequence);
          expect([...new Set(came)]).toEqual(all);
          // A consumer that drops what is not newer, and meets part of the log again after a crash.
          let last = 0;
          const applied: number[] = [];
          for (const sequence of [...came, ...came.slice(came.length / 2)]) {
            if (sequence <= last) continue;
            last = sequence;
            applied.push(sequence);
          }
          expect(applied).toEqual(all);
        }
        await Promise.all([...instances, ...gone].map(({ relay }) => relay[Symbol.asyncDispose]()));
      }),
      { numRuns: 40 },
    );
  }, 120_000);
});

// A versioned update with its event, through relay and Kafka to a consumer's handler. Beside it the same versioned update
// without an outbox, and the same Kafka client producing from memory.
import { consume, createRelay, memoryDeadLetters, on, type Relay, topic } from "@trunkline/events";
import { connectKafka, kafkaClient } from "@trunkline/events/kafka";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { createLogger, systemClock } from "@trunkline/runtime";
import type { AggregateSpec, AggregateStore } from "@trunkline/store";
import { connectMongo, mongoBackend } from "@trunkline/store/mongo";
import type { Kafka as KafkaClient } from "kafkajs";
import { firstDocument } from "../packages/store/src/aggregate-document.ts";
import { benchEngines } from "./engines.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Slice } from "./harness.ts";
import { closedLoop, type Load, openLoop } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { nowUs, offer, slowed, startWorker, type Worker } from "./worker.ts";

/** Updates in flight. */
const WIDTH = 32;
const RECORDS = 5_000;
const CALM_PER_SECOND = 200;
const CALM_MS = 4_000;
const TENANT = "bench";
const HANDLED_MS = 30_000;

type Place = { readonly mongoUrl: string; readonly kafkaBrokers: string; readonly name: string; readonly slowMs: number };
/** When what had this name happened, microseconds of the machine's monotonic clock, which all processes share. */
type Times = ReadonlyMap<string, number>;

export async function outbox(options: BenchOptions): Promise<Result> {
  if (options.store === "memory") throw new Error("outbox measures the write to the database: there is no --store memory");
  await using stack = new AsyncDisposableStack();
  const engines = stack.use(await benchEngines(["kafka", "mongo"], options.progress));
  const { mongoUrl, kafkaBrokers } = engines;
  const place = { mongoUrl, kafkaBrokers, name: `bench-outbox-${process.pid}`, slowMs: 0 };
  const start = async (role: string, slowMs = 0) => {
    const worker = stack.use(startWorker(import.meta.url, role, { telemetry: role === "store" || role === "consumer" }));
    await worker.ask("open", { ...place, slowMs });
    return worker;
  };
  const [store, bare, producer] = [await start("store", options.slowMs), await start("bare"), await start("producer")];
  const [consumer, plainConsumer] = [await start("consumer", options.slowMs), await start("plain consumer")];
  const perSecond = options.rate ?? CALM_PER_SECOND;
  const plan = { rounds: options.rounds, slices: Math.ceil(options.slices / 2), sliceMs: options.sliceMs * 3, warmUpMs: 5_000 };
  const rates = await alternate([through("trunkline", store, consumer), alone("bare", bare)], plan, options.progress);
  const calmPlan = { rounds: options.rounds, slices: 1, sliceMs: CALM_MS, warmUpMs: 2_000 };
  const calm = await alternate(
    [calmly("commit_to_handled", store, consumer, perSecond), calmly("produce_to_handled", producer, plainConsumer, perSecond)],
    calmPlan,
    options.progress,
  );
  await store.ask("drop");
  return judge(
    {
      name: "outbox",
      engine: engines.engine,
      rounds: options.rounds,
      figures: { ...figuresOf(rates), ...figuresOf(calm) },
      notes: [
        `${RECORDS} records, an event of 300 bytes each update, ${WIDTH} updates in flight; the rate counts what a consumer in another process has handled`,
        "limit: bare, findOne and findOneAndUpdate with the version in the filter on the same documents, without an event",
        `calm: ${perSecond} a second, from the committed write (peer: from the producer's send, same client, from memory) to the handler`,
      ],
    },
    {
      rate_vs_bare: { values: perRound(rates, "rate", "trunkline", "bare"), target: { atLeast: 0.75 }, steady: true },
      p50_vs_produce: { values: perRound(calm, "p50Ms", "commit_to_handled", "produce_to_handled"), target: { atMost: 2 }, steady: true },
    },
  );
}

async function cpuOf(workers: readonly Worker[]): Promise<number> {
  return (await Promise.all(workers.map((worker) => worker.cpuUs()))).reduce((sum, us) => sum + us, 0);
}

/** Updates as fast as they go; the slice ends when the consumer has handled the last event. */
function through(name: string, store: Worker, consumer: Worker): Contender {
  const run = async (ms: number): Promise<Slice> => {
    await consumer.ask("forget");
    const before = await cpuOf([store, consumer]);
    const began = performance.now();
    const load = await store.ask<Load>("load", ms);
    await consumer.ask("waitFor", load.ops);
    return { ...load, wallMs: performance.now() - began, cpuUs: (await cpuOf([store, consumer])) - before };
  };
  return { name, run };
}

function alone(name: string, worker: Worker): Contender {
  const run = async (ms: number): Promise<Slice> => {
    const before = await worker.cpuUs();
    const load = await worker.ask<Load>("load", ms);
    return { ...load, cpuUs: (await worker.cpuUs()) - before };
  };
  return { name, run };
}

/** A steady trickle; latencies from `source` (its write is done, or its send begins) to the handler. */
function calmly(name: string, source: Worker, sink: Worker, perSecond: number): Contender {
  const run = async (ms: number): Promise<Slice> => {
    const count = Math.round((perSecond * ms) / 1000);
    await sink.ask("forget");
    const before = await cpuOf([source, sink]);
    const sent = await source.ask<Times>("calm", perSecond, count);
    const handled = await sink.ask<Times>("waitFor", count);
    const latenciesMs = Float64Array.from([...sent].map(([event, at]) => ((handled.get(event) ?? Number.NaN) - at) / 1000));
    if (latenciesMs.some(Number.isNaN)) throw new Error(`${name}: an event was not handled`);
    return { ops: count, wallMs: ms, latenciesMs, cpuUs: (await cpuOf([source, sink])) - before };
  };
  return { name, run };
}

const log = createLogger("bench-outbox", "warn");

type RecordState = { readonly id: string; readonly name: string; readonly note: string; readonly count: number };
type RecordEvent = { readonly type: "queued"; readonly at: number };

const recordTopic = topic("bench.record", CallEventSchema);
const FILLER = "f".repeat(230);
const SPEC: AggregateSpec<RecordState, RecordEvent, typeof CallEventSchema> = {
  name: "records",
  noun: "record",
  indexes: [],
  topic: recordTopic,
  encode: () => ({ case: "queued", value: { queue: "bench", numberHash: FILLER, connectorId: "bench" } }),
};
const idOf = (n: number) => `record-${n % RECORDS}`;
const SCOPE = { tenant: TENANT, actor: "service/bench", causation: "", correlation: "bench" };
const grow = (state: RecordState) => ({
  state: { ...state, count: state.count + 1 },
  events: [{ type: "queued", at: Date.now() } as const],
});

/** The records as a store writes them, their first events published. */
function documents() {
  return Array.from({ length: RECORDS }, (_, n) => {
    const state = { id: idOf(n), name: `record number ${n}`, note: "n".repeat(400), count: 0 };
    const decision = { state, events: [{ type: "queued", at: 1 } as const] };
    return firstDocument(SPEC as never, SCOPE, idOf(n), decision, 1).doc;
  });
}

/** A different order of the records in each pass, so that an update seldom meets the same record twice within a second. */
const pick = (n: number) => idOf(n * 1_999);

async function openStore({ mongoUrl, kafkaBrokers, name, slowMs }: Place) {
  const transport = connectKafka(kafkaBrokers, "store", log, `${name}.`);
  await transport.ensureTopics([recordTopic]);
  const relay: Relay = await createRelay(transport);
  const mongo = await connectMongo(mongoUrl, name);
  const backend = mongoBackend({ mongo, relay, now: systemClock, log });
  const store: AggregateStore<RecordState, RecordEvent> = await backend.aggregates(SPEC);
  await mongo.connection.collection("records").insertMany(documents() as never);
  const update = slowed(slowMs, (n: number) => store.update(SCOPE, pick(n), grow));
  return { update, drop: () => mongo.connection.dropDatabase() };
}

function storeRole() {
  let opened: Awaited<ReturnType<typeof openStore>>;
  let total = 0;
  const counts = new Map<string, number>();
  const update = async () => {
    const n = total++;
    await opened.update(n);
    return n;
  };
  offer({
    async open(place: Place) {
      opened = await openStore(place);
      for (let n = 0; n < RECORDS; n++) counts.set(idOf(n), 1);
    },
    load: (ms: number) =>
      closedLoop(WIDTH, ms, async () => {
        const id = pick(await update());
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }),
    async calm(perSecond: number, count: number): Promise<Times> {
      const committed = new Map<string, number>();
      await openLoop(perSecond, count, async () => {
        const id = pick(total);
        await update();
        const sequence = (counts.get(id) ?? 0) + 1;
        counts.set(id, sequence);
        committed.set(`${id}/${sequence}`, nowUs());
      });
      return committed;
    },
    drop: () => opened.drop().then(() => undefined),
  });
}

/** Remembers what was handled and when; waits for so many. */
function sink() {
  let handled = new Map<string, number>();
  return {
    take: (event: string) => void handled.set(event, nowUs()),
    offers: {
      forget: () => {
        handled = new Map();
      },
      async waitFor(count: number): Promise<Times> {
        for (const until = performance.now() + HANDLED_MS; handled.size < count; ) {
          if (performance.now() > until) throw new Error(`${handled.size} of ${count} events were handled after ${HANDLED_MS} ms`);
          await new Promise((resolve) => setTimeout(resolve, 2));
        }
        return handled;
      },
    },
  };
}

function consumerRole() {
  const { take, offers } = sink();
  offer({
    ...offers,
    async open({ kafkaBrokers, name, slowMs }: Place) {
      const transport = connectKafka(kafkaBrokers, "consumer", log, `${name}.`);
      const handle = slowed(slowMs, async ({ id, sequence }: { id: string; sequence: number }) => take(`${id}/${sequence}`));
      await consume({ transport, group: "sink", subscriptions: [on(recordTopic, handle)], dead: memoryDeadLetters() });
    },
  });
}

function bareRole() {
  let update: (n: number) => Promise<void>;
  let total = 0;
  offer({
    async open({ mongoUrl, name }: Place) {
      const mongo = await connectMongo(mongoUrl, name);
      const collection = mongo.connection.getClient().db(name).collection<{ _id: string; version: number; count: number }>("bare");
      await collection.insertMany(documents() as never);
      update = async (n) => {
        const doc = await collection.findOne({ _id: `${TENANT}/${pick(n)}` });
        if (!doc) throw new Error("a record is missing");
        const change = { $set: { count: doc.count + 1, version: doc.version + 1 } };
        const options = { projection: { _id: 1 }, returnDocument: "after" } as const;
        const written = await collection.findOneAndUpdate({ _id: doc._id, version: doc.version }, change, options);
        if (!written) throw new Error("a version has moved");
      };
    },
    load: (ms: number) => closedLoop(WIDTH, ms, () => update(total++)),
  });
}

const PLAIN_TOPIC = "plain";
const PARTITIONS = 6;
const plainClient = ({ kafkaBrokers }: Place, id: string): KafkaClient => kafkaClient(kafkaBrokers, id, log);

function producerRole() {
  let producer: ReturnType<KafkaClient["producer"]>;
  let total = 0;
  let topicName = "";
  offer({
    async open(place: Place) {
      topicName = `${place.name}.${PLAIN_TOPIC}`;
      const client = plainClient(place, "producer");
      const admin = client.admin();
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: topicName, numPartitions: PARTITIONS }], waitForLeaders: true });
      await admin.disconnect();
      producer = client.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
      await producer.connect();
    },
    async calm(perSecond: number, count: number): Promise<Times> {
      const sent = new Map<string, number>();
      const value = Buffer.alloc(300, "v");
      await openLoop(perSecond, count, () => {
        const event = `${idOf(total)}/${++total}`;
        sent.set(event, nowUs());
        return producer.send({ topic: topicName, acks: -1, messages: [{ key: event, value }] });
      });
      return sent;
    },
  });
}

function plainConsumerRole() {
  const { take, offers } = sink();
  offer({
    ...offers,
    async open(place: Place) {
      const consumer = plainClient(place, "plain").consumer({ groupId: `${place.name}.plain`, maxWaitTimeInMs: 500 });
      await consumer.connect();
      await consumer.subscribe({ topic: `${place.name}.${PLAIN_TOPIC}`, fromBeginning: true });
      await consumer.run({ partitionsConsumedConcurrently: PARTITIONS, eachMessage: async ({ message }) => take(String(message.key)) });
    },
  });
}

if (import.meta.main) {
  const roles = { store: storeRole, consumer: consumerRole, bare: bareRole, producer: producerRole, "plain consumer": plainConsumerRole };
  roles[process.argv[2] as keyof typeof roles]();
}

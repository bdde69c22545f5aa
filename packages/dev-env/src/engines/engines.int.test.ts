import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import mongoose from "mongoose";
import { type Engines, startEngines } from "./index.ts";
import { disposable, eventually, listens, localOnly, scratchFolder } from "./testing.ts";

const START_MS = 120_000;

function kafkaClient(broker: string): Kafka {
  const retry = { retries: 5, initialRetryTime: 50 };
  return new Kafka({ clientId: "engines-test", brokers: [broker], logLevel: logLevel.NOTHING, retry });
}

async function connected<T extends { connect(): Promise<void>; disconnect(): Promise<void> }>(it: T) {
  await it.connect();
  return disposable(it, () => it.disconnect());
}

/** Sends one message and reads it back as a member of a group. */
async function throughKafka(broker: string, topic: string): Promise<string | undefined> {
  const kafka = kafkaClient(broker);
  await using admin = await connected(kafka.admin());
  await using producer = await connected(kafka.producer({ idempotent: true }));
  await using consumer = await connected(kafka.consumer({ groupId: `${topic}-readers` }));
  await admin.it.createTopics({ topics: [{ topic, numPartitions: 1 }] });
  await producer.it.send({ topic, acks: -1, messages: [{ key: "call-1", value: "ringing" }] });
  await consumer.it.subscribe({ topic, fromBeginning: true });
  return await new Promise((resolve) => {
    void consumer.it.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  });
}

interface Call {
  readonly _id: string;
  readonly version: number;
  readonly outbox: number[];
}

function client(url: string) {
  return new mongoose.mongo.MongoClient(url, { serverSelectionTimeoutMS: 10_000, retryWrites: false });
}

describe("local engines", () => {
  let folder: Awaited<ReturnType<typeof scratchFolder>>;
  let engines: Engines;

  beforeAll(async () => {
    folder = await scratchFolder();
    engines = await startEngines({ env: localOnly(process.env), dataDir: folder.path, mongoBackend: "file" });
  }, START_MS);
  afterAll(async () => {
    await engines[Symbol.asyncDispose]();
    await folder[Symbol.asyncDispose]();
  });

  it("are all processes of this machine when nothing else is offered", () => {
    expect(engines.kinds).toEqual({ kafka: "local", mongo: "local", redis: "local" });
  });

  it("carry a message through Kafka as soon as they are started", async () => {
    expect(await throughKafka(engines.kafkaBrokers, "calls")).toBe("ringing");
  });

  it("refuse a topic that nobody created", async () => {
    await using producer = await connected(kafkaClient(engines.kafkaBrokers).producer());
    const sent = producer.it.send({ topic: "misspelt", messages: [{ value: "x" }] });
    await expect(sent).rejects.toThrow("does not host this topic-partition");
  });

  it("keep Kafka's messages over a kill and a restart", async () => {
    await using admin = await connected(kafkaClient(engines.kafkaBrokers).admin());
    await engines.kill("kafka");
    expect(await listens(engines.kafkaBrokers)).toBe(false);
    await engines.restart("kafka");
    await eventually("the topic has its message", async () => {
      const offsets = await admin.it.fetchTopicOffsets("calls").catch(() => []);
      return offsets[0]?.high === "1";
    });
  });

  it("keep Redis' keys over a restart, and answer again after a freeze", async () => {
    await using redis = disposable(new Redis(engines.redisUrl, { maxRetriesPerRequest: null }), (it) => it.disconnect());
    await redis.it.set("agent:7", "ready");
    await engines.freeze("redis");
    const whileFrozen = redis.it.get("agent:7");
    const winner = await Promise.race([whileFrozen, new Promise((done) => setTimeout(() => done("nothing"), 200))]);
    expect(winner).toBe("nothing");
    await engines.thaw("redis");
    expect(await whileFrozen).toBe("ready");
    await engines.restart("redis");
    expect(await redis.it.get("agent:7")).toBe("ready");
  });

  it.each([1, 2, 3])("keep every write that MongoDB acknowledged before it was killed (%i)", async (round) => {
    const acknowledged = new Map<string, number>();
    {
      await using writer = client(engines.mongoUrl);
      const calls = writer.db("crash").collection<Call>("calls");
      const write = async (id: string) => {
        await calls.insertOne({ _id: id, version: 0, outbox: [] });
        for (let version = 0; ; version += 1) {
          acknowledged.set(id, version);
          await calls.findOneAndUpdate({ _id: id, version }, { $inc: { version: 1 }, $push: { outbox: version } });
        }
      };
      const writing = ["a", "b", "c"].map((letter) => write(`${round}-${letter}`).catch(() => undefined));
      await eventually("a hundred writes", async () => [...acknowledged.values()].reduce((a, b) => a + b, 0) > 100);
      await engines.kill("mongo");
      await Promise.all(writing);
    }
    await engines.restart("mongo");
    await using reader = client(engines.mongoUrl);
    for (const [id, version] of acknowledged) {
      const found = await reader.db("crash").collection<Call>("calls").findOne({ _id: id });
      expect(found?.version).toBeGreaterThanOrEqual(version);
      expect(found?.outbox).toEqual(Array.from({ length: found?.version ?? -1 }, (_, i) => i));
    }
  });

  it("have data folders with one owner: a second start is refused, or borrows them without being able to stop them", async () => {
    const again = { env: localOnly(process.env), dataDir: folder.path };
    await expect(startEngines(again)).rejects.toThrow(/run already in process \d+; stop that process or choose/);
    const borrowed = await startEngines({ ...again, reuse: true });
    expect(borrowed.mongoUrl).toBe(engines.mongoUrl);
    await expect(borrowed.kill("mongo")).rejects.toThrow("not ours to stop");
    await borrowed[Symbol.asyncDispose]();
    expect(await listens(engines.mongoUrl)).toBe(true);
  });

  it(
    "run beside others, and leave nothing behind when disposed",
    async () => {
      await using second = await scratchFolder();
      const others = await startEngines({ env: localOnly(process.env), dataDir: second.path, mongoBackend: "memory" });
      const addresses = [others.kafkaBrokers, others.mongoUrl, others.redisUrl];
      expect(addresses).not.toContain(engines.kafkaBrokers);
      expect(await throughKafka(others.kafkaBrokers, "beside")).toBe("ringing");
      await others[Symbol.asyncDispose]();
      expect(await Promise.all(addresses.map(listens))).toEqual([false, false, false]);
      expect(await listens(engines.kafkaBrokers)).toBe(true);
    },
    START_MS,
  );

  it("are used where the environment names them, and left alone", async () => {
    await using other = await scratchFolder();
    const env = { ...localOnly(process.env), REDIS_URL: engines.redisUrl };
    const given = await startEngines({ env, dataDir: other.path, only: ["redis"] });
    expect([given.kinds.redis, given.redisUrl]).toEqual(["env", engines.redisUrl]);
    await given[Symbol.asyncDispose]();
    expect(await listens(engines.redisUrl)).toBe(true);
  });

  it("need a Java, and say for each what to do without one", async () => {
    await using other = await scratchFolder();
    const env = { ...localOnly(process.env), PATH: other.path, JAVA_HOME: other.path };
    const remedy = (what: string, variable: string) =>
      `${what}: no Java found; install a JDK 17 or newer, or start Docker, or set ${variable}`;
    const start = startEngines({ env, dataDir: other.path, only: ["kafka", "mongo"] });
    await expect(start).rejects.toThrow(`${remedy("Kafka", "KAFKA_BROKERS")} | ${remedy("MongoDB", "MONGO_URL")}`);
  });

  it("say which folder cannot be used", async () => {
    await using other = await scratchFolder();
    await writeFile(join(other.path, "taken"), "a file");
    const dataDir = join(other.path, "taken");
    await expect(startEngines({ env: localOnly(process.env), dataDir })).rejects.toThrow(/taken.*choose another data folder/);
  });

  it("say who holds a port that was asked for", async () => {
    await using other = await scratchFolder();
    const port = Number(new URL(engines.redisUrl).port);
    const start = startEngines({
      env: localOnly(process.env),
      dataDir: other.path,
      only: ["redis"],
      ports: { redis: port },
    });
    await expect(start).rejects.toThrow(new RegExp(`Redis: port ${port} is taken by .+ \\(pid \\d+\\); stop`));
  });
});

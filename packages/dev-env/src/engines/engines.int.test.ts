import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { Redis } from "ioredis";
import { Kafka, logLevel } from "kafkajs";
import mongoose from "mongoose";
import { type Engines, startEngines } from "./index.ts";
import { eventually, listens, localOnly, scratchFolder } from "./testing.ts";

const START_MS = 120_000;

/** Sends one message and reads it back as a member of a group. */
async function throughKafka(brokers: string, topic: string): Promise<string | undefined> {
  const kafka = new Kafka({ clientId: "engines-test", brokers: [brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ idempotent: true });
  const consumer = kafka.consumer({ groupId: `${topic}-readers` });
  const admin = kafka.admin();
  try {
    await Promise.all([producer.connect(), consumer.connect(), admin.connect()]);
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await producer.send({ topic, acks: -1, messages: [{ key: "call-1", value: "ringing" }] });
    await consumer.subscribe({ topic, fromBeginning: true });
    return await new Promise((resolve) => {
      void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
    });
  } finally {
    await Promise.all([producer.disconnect(), consumer.disconnect(), admin.disconnect()]);
  }
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
  }, 30_000);

  it("refuse a topic that nobody created", async () => {
    const kafka = new Kafka({
      clientId: "engines-test",
      brokers: [engines.kafkaBrokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const producer = kafka.producer({ allowAutoTopicCreation: true });
    await producer.connect();
    await expect(producer.send({ topic: "misspelt", messages: [{ value: "x" }] })).rejects.toThrow();
    await producer.disconnect();
  }, 30_000);

  it("keep Kafka's messages over a kill and a restart", async () => {
    const kafka = new Kafka({ clientId: "engines-test", brokers: [engines.kafkaBrokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await engines.kill("kafka");
    expect(await listens(engines.kafkaBrokers)).toBe(false);
    await engines.restart("kafka");
    await eventually("the topic has its message", async () => {
      const offsets = await admin.fetchTopicOffsets("calls").catch(() => []);
      return offsets[0]?.high === "1";
    });
    await admin.disconnect();
  }, 60_000);

  it("keep Redis' keys over a restart, and answer again after a freeze", async () => {
    const redis = new Redis(engines.redisUrl, { maxRetriesPerRequest: null });
    await redis.set("agent:7", "ready");
    await engines.freeze("redis");
    const whileFrozen = redis.get("agent:7");
    const winner = await Promise.race([whileFrozen, new Promise((done) => setTimeout(() => done("nothing"), 200))]);
    expect(winner).toBe("nothing");
    await engines.thaw("redis");
    expect(await whileFrozen).toBe("ready");
    await engines.restart("redis");
    expect(await redis.get("agent:7")).toBe("ready");
    redis.disconnect();
  }, 30_000);

  it("keep every write that MongoDB acknowledged, whenever it is killed", async () => {
    const options = { serverSelectionTimeoutMS: 10_000, retryWrites: false };
    for (let round = 0; round < 3; round += 1) {
      const writer = new mongoose.mongo.MongoClient(engines.mongoUrl, options);
      const calls = writer.db("crash").collection<{ _id: string; version: number; outbox: number[] }>("calls");
      const acknowledged = new Map<string, number>();
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
      await writer.close();
      await engines.restart("mongo");
      const reader = new mongoose.mongo.MongoClient(engines.mongoUrl, options);
      for (const [id, version] of acknowledged) {
        const found = await reader
          .db("crash")
          .collection<{ _id: string; version: number; outbox: number[] }>("calls")
          .findOne({ _id: id });
        expect(found?.version).toBeGreaterThanOrEqual(version);
        expect(found?.outbox).toEqual(Array.from({ length: found?.version ?? -1 }, (_, i) => i));
      }
      await reader.close();
    }
  }, 120_000);

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

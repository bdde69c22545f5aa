import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, it } from "@jest/globals";
import { generateKeys } from "@trunkline/auth";
import { loadConfig } from "@trunkline/config";
import { on, openEventLog, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { createLogger } from "@trunkline/runtime";
import { connectMongo } from "@trunkline/store/mongo";
import { Kafka } from "kafkajs";
import { z } from "zod";
import { openPlatform, type Platform } from "./platform.ts";
import { platformConfig } from "./platform-config.ts";

const PREFIX = `platform-${process.pid}-${Math.round(performance.now())}.`;
const DATABASE = PREFIX.replace(/\W/g, "_");
const calls = topic("platform.call", CallEventSchema);
const scope = { tenant: "t1", actor: "service/test", causation: "", correlation: "c" };
const log = createLogger("test", "silent");
type Call = { readonly id: string; readonly state: string };
type CallEvent = { readonly type: "queued"; readonly at: number };

async function config(more: Record<string, string> = {}) {
  const { privateKeys, trusted } = await generateKeys(["telephony"]);
  return loadConfig(z.object(platformConfig), {
    MONGO_URL: process.env["MONGO_URL"],
    KAFKA_BROKERS: process.env["KAFKA_BROKERS"],
    MONGO_DATABASE: DATABASE,
    TOPIC_PREFIX: PREFIX,
    SERVICE_KEY: JSON.stringify(privateKeys["telephony"]),
    TRUSTED_KEYS: JSON.stringify(trusted),
    RPC_HOST: "127.0.0.1",
    WORKFORCE_ADDRESS: "127.0.0.1:1",
    ...more,
  });
}

function openCalls({ backend }: Platform) {
  return backend.aggregates<Call, CallEvent, typeof CallEventSchema>({
    name: "calls",
    noun: "call",
    indexes: [],
    topic: calls,
    encode: () => ({ case: "queued", value: {} }),
  });
}

const ready = async (port: number) => {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`);
  return [response.status, await response.text()];
};

describe("a service's platform", () => {
  afterAll(async () => {
    await using mongo = await connectMongo(process.env["MONGO_URL"] ?? "", DATABASE);
    await mongo.connection.dropDatabase();
    const admin = new Kafka({ brokers: (process.env["KAFKA_BROKERS"] ?? "").split(","), logLevel: 0 }).admin();
    await admin.connect();
    await admin.deleteTopics({ topics: (await admin.listTopics()).filter((name) => name.startsWith(PREFIX)) });
    await admin.disconnect();
  });

  it("carries an event from a store to a consumer, is ready meanwhile, and is idle at the end", async () => {
    const seen: string[] = [];
    let platform: Platform | undefined;
    await using service = await openPlatform("telephony", [calls], await config(), { log }, async (opened) => {
      platform = opened;
      await opened.consume([on(calls, async ({ id, sequence }) => void seen.push(`${id}/${sequence}`))]);
      await opened.serve([]);
    });
    const store = await openCalls(platform as Platform);
    await store.create(scope, "c1", { state: { id: "c1", state: "queued" }, events: [{ type: "queued", at: 1 }] });
    expect(await ready(service.healthPort)).toEqual([200, "ready\n"]);
    for (const end = performance.now() + 20_000; seen.length === 0 || service.busy() > 0; await pause(20)) {
      if (performance.now() > end) throw new Error(`not idle: ${seen}, ${service.busy()} left`);
    }
    expect(seen).toEqual(["c1/1"]);
    expect(service.rpcAddress).toMatch(/^127\.0\.0\.1:\d+$/);
    expect(Math.abs((platform as Platform).now() - Date.now())).toBeLessThan(5_000);
  });

  it("has published and noted everything when it is closed, so that the next start sends nothing again", async () => {
    let store: Awaited<ReturnType<typeof openCalls>> | undefined;
    const service = await openPlatform("telephony", [calls], await config(), { log }, async (platform) => {
      store = await openCalls(platform);
    });
    const ids = Array.from({ length: 200 }, (_, i) => `d${i}`);
    await Promise.all(ids.map((id) => store?.create(scope, id, { state: { id, state: "queued" }, events: [{ type: "queued", at: 1 }] })));
    await service[Symbol.asyncDispose]();
    await using mongo = await connectMongo(process.env["MONGO_URL"] ?? "", DATABASE);
    expect(await mongo.connection.collection("calls").countDocuments({ outbox: { $exists: true } })).toBe(0);
  });

  it("closes what it opened, in reverse, when the service cannot be built, and says why", async () => {
    const closed: string[] = [];
    const opening = openPlatform("telephony", [calls], await config(), { log }, async ({ stack }) => {
      stack.defer(() => void closed.push("first"));
      stack.defer(() => void closed.push("second"));
      throw new Error("no licence");
    });
    await expect(opening).rejects.toThrow("no licence");
    expect(closed).toEqual(["second", "first"]);
  });

  it("refuses a failpoint that it does not understand, before it opens anything", async () => {
    const opening = openPlatform("telephony", [calls], await config({ FAILPOINTS: "relay.drop" }), { log }, async () => undefined);
    await expect(opening).rejects.toThrow(/failpoint "relay.drop" is not understood/);
  });

  it("runs without a database where memory is asked for", async () => {
    await using service = await openPlatform(
      "telephony",
      [calls],
      await config({ MONGO_URL: "", DATA_DIR: ":memory:" }),
      { log },
      async (it) => {
        const store = await openCalls(it);
        await store.create(scope, "m1", { state: { id: "m1", state: "queued" }, events: [] });
        expect(await store.get("t1", "m1")).toEqual({ id: "m1", state: "queued" });
      },
    );
    expect(await ready(service.healthPort)).toEqual([200, "ready\n"]);
  });

  it("needs no broker where the process brings an event log for its services, which stays open for the others", async () => {
    await using transport = openEventLog({ file: ":memory:", now: Date.now, log });
    const seen: string[] = [];
    const alone = { MONGO_URL: "", DATA_DIR: ":memory:", KAFKA_BROKERS: "" };
    const reads = async (opened: Platform) => {
      await opened.consume([on(calls, async ({ id, sequence }) => void seen.push(`${id}/${sequence}`))]);
    };
    const writes = async (opened: Platform) => {
      const store = await openCalls(opened);
      await store.create(scope, "e1", { state: { id: "e1", state: "queued" }, events: [{ type: "queued", at: 1 }] });
    };
    const writer = await openPlatform("telephony", [calls], await config(alone), { log, transport }, writes);
    await writer[Symbol.asyncDispose]();
    await using reader = await openPlatform("telephony", [calls], await config(alone), { log, transport }, reads);
    for (const end = performance.now() + 20_000; seen.length === 0 || reader.busy() > 0; await pause(20)) {
      if (performance.now() > end) throw new Error(`not idle: ${seen}, ${reader.busy()} left`);
    }
    expect(seen).toEqual(["e1/1"]);
  });

  it("says what is missing where there is neither a broker nor such a log", async () => {
    const opening = openPlatform("telephony", [calls], await config({ KAFKA_BROKERS: "" }), { log }, async () => undefined);
    await expect(opening).rejects.toThrow("KAFKA_BROKERS is empty, and this process brings no event log of its own: set it to a host:port");
  });
});

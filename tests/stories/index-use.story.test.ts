import { type DescField, ScalarType } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Api, EXTENSIONS, type ServiceName, type System, seedDemo } from "@trunkline/dev-env";
import type { DeadLetters } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import type { Kept, StoreBackend } from "@trunkline/store";
import { connectMongo, mongoBackend, openDeadLetters } from "@trunkline/store/mongo";
import mongoose from "mongoose";
import { dataOfServices } from "../../deploy/prepare/data-of-services.ts";
import { CONTRACT_SERVICES } from "../contracts.ts";
import { type Index, queriesOf, shapeOf, unserved } from "./index-use.ts";
import { HAS_ENGINES, startStory } from "./system.ts";

const TENANT = "huaxing";
const QUERYING = new Set(["find", "aggregate", "count", "update", "delete", "findAndModify"]);
/** As many documents as make an engine's planner prefer an index to reading them all. */
const MANY = 3_000;
type Sent = { readonly database: string; readonly collection: string; readonly command: Record<string, unknown> };

/** Every query that the seed, the timers and each reading method of the contracts sends, once for each shape. */
(HAS_ENGINES ? describe : describe.skip)("every query", () => {
  const sent = new Map<string, Sent>();
  let system: System;
  let client: mongoose.mongo.MongoClient;

  const watch = (one: mongoose.mongo.MongoClient) =>
    one.on("commandStarted", ({ commandName, command, databaseName: database }) => {
      if (!QUERYING.has(commandName)) return;
      const { lsid: _session, $db: _database, ...rest } = command as Record<string, unknown>;
      const collection = String(rest[commandName]);
      sent.set(JSON.stringify([database.split("-").at(-1), collection, shapeOf(rest)]), { database, collection, command: rest });
    });
  beforeAll(async () => {
    const env = { ...process.env, MONGO_URL: `${process.env["MONGO_URL"]}?monitorCommands=true` };
    system = await startStory("index-use", () => Date.now(), [TENANT], { env, family: "any" });
    await using mongo = await connectMongo(env.MONGO_URL, system.environments.env.customer["MONGO_DATABASE"] ?? "");
    const clients = mongoose.connections.filter(({ readyState }) => readyState === 1).map((one) => one.getClient());
    client = clients[0] as mongoose.mongo.MongoClient;
    clients.forEach(watch);
    const tenant = await seedDemo({ ...system, tenant: TENANT, index: 3, extensions: EXTENSIONS, batchSize: 30 });
    await system.drain();
    await everyRemoval(env.MONGO_URL, system, watch);
    await everyDeadLetter(await openDeadLetters(mongo, "customer", Date.now));
    await everyRead(tenant.admin, tenant.callers[0]?.customerId ?? "");
  }, 180_000);
  afterAll(async () => system[Symbol.asyncDispose](), 60_000);

  it("has an index that begins with what it asks for and goes on in its order", async () => {
    const wrong: string[] = [];
    for (const [shape, { database, collection, command }] of sent) {
      const indexes = (await client.db(database).collection(collection).indexes()) as Index[];
      wrong.push(
        ...queriesOf(command)
          .map((query) => unserved(query, indexes))
          .filter((one) => one !== "")
          .map((one) => `${one}: ${shape}`),
      );
    }
    expect(wrong).toEqual([]);
    expect(sent.size).toBeGreaterThan(80);
  });

  it("is planned by an index, on an engine that has real ones and tells its plans", async () => {
    const finds = [...sent].filter(([, { command }]) => command["find"] !== undefined);
    const [, first] = finds[0] ?? [];
    if (!first || plan(await explain(client, first).catch(() => ({}))).length === 0)
      return console.warn("skip: this engine tells no plans; name one with real indexes in MONGO_URL");
    for (const where of new Map(finds.map(([, one]) => [one.collection, one])).values()) await fill(client, where);
    for (const [shape, one] of finds) {
      const steps = plan(await explain(client, one));
      expect({ shape, steps }).toEqual({ shape, steps: expect.not.arrayContaining([expect.stringMatching(/^(Seq Scan|COLLSCAN)$/)]) });
    }
  }, 300_000);
});

const explain = (client: mongoose.mongo.MongoClient, { database, command }: Sent) =>
  client.db(database).command({ explain: command, verbosity: "queryPlanner" });

/** The steps of a plan, as PostgreSQL or MongoDB names them. */
const plan = (explained: object) => [...JSON.stringify(explained).matchAll(/"(?:Node Type|stage)":"([^"]+)"/g)].map(([, step]) => step);

/** Copies of what is there, with ids of their own, two thirds of them other companies'. */
async function fill(client: mongoose.mongo.MongoClient, { database, collection: name }: Sent): Promise<void> {
  const collection = client.db(database).collection(name);
  const there = await collection.find({}).limit(50).toArray();
  const copies = Array.from({ length: there.length === 0 ? 0 : MANY }, (_, n) => copyOf(there[n % there.length] as object, n));
  // What a unique index refuses is not missed.
  for (let n = 0; n < copies.length; n += 500)
    await collection.insertMany(copies.slice(n, n + 500), { ordered: false }).catch(() => undefined);
}
const copyOf = (document: object, n: number) =>
  JSON.parse(JSON.stringify(document), (key, value) => {
    if (key === "tenant") return n % 3 === 0 ? value : `t${n % 40}`;
    return key === "_id" || key.endsWith("Id") ? `${value}-${n}` : value;
  });

/** What is asked of each store, of every service, by which its old records are found; they are removed by their ids. */
async function everyRemoval(url: string, { environments }: System, watch: (client: mongoose.mongo.MongoClient) => void): Promise<void> {
  for (const [service, { stores }] of Object.entries(dataOfServices)) {
    await using mongo = await connectMongo(url, environments.env[service as ServiceName]["MONGO_DATABASE"] ?? "");
    watch(mongo.connection.getClient());
    const opened: Kept[] = [];
    const noting = <T extends Kept>(store: T): T => {
      opened.push(store);
      return store;
    };
    await using backend = mongoBackend({ mongo, relay: { offer: () => false }, now: Date.now, log: createLogger("removal", "silent") });
    const watched: StoreBackend = {
      ...backend,
      aggregates: async (spec) => noting(await backend.aggregates(spec)),
      rows: async (spec) => noting(await backend.rows(spec)),
    };
    for (const open of stores) await open(watched);
    for (const store of opened) await store.over(0, 10);
  }
}

/** What a consumer, its replay and an operator ask of the dead letters. */
async function everyDeadLetter(dead: DeadLetters): Promise<void> {
  const message = { key: "t1/a", value: Buffer.alloc(1), headers: {} };
  const letter = { topic: "calls", partition: 1, offset: 1, message, code: "x", attempts: 1 };
  await dead.write(letter);
  await dead.park(letter);
  for (const which of [{ topic: "calls", key: "t1/a" }, {}, { topic: "calls" }, { code: "x" }, { topic: "calls", code: "x" }])
    await dead.askReplay(which);
  for (const only of [{}, { replay: true }] as const) await dead.page(only, (await dead.page(only)).at(-1));
  await dead.letters("calls", "t1/a", (await dead.letters("calls", "t1/a")).at(-1));
  await dead.count("calls", "t1/a");
}

/** Asks each reading method for everything, by each filter, and by all filters at once; what makes no sense is refused. */
async function everyRead(admin: Api, customerId: string): Promise<void> {
  for (const { typeName, methods } of CONTRACT_SERVICES)
    for (const { name, methodKind, input } of methods) {
      if (methodKind !== "unary" || !/^(List|Find|Search|Count|Preview|Get)/.test(name)) continue;
      const filters = input.fields.flatMap((field) => {
        const value = sample(field, customerId);
        return value === undefined ? [] : [{ [field.jsonName]: value }];
      });
      for (const body of [{}, ...filters, Object.assign({}, ...filters)])
        await admin.call(`${typeName.replace("trunkline.", "")}/${name}`, body).catch(() => undefined);
    }
  await everyList(admin);
  const listCalls = (filter: Record<string, string>) => admin.call("telephony.v1.CallService/ListCalls", filter);
  for (const queue of ["", "support"]) await listCalls({ outcome: "waiting", queue });
  // Pairs that the console's filters make.
  for (const pair of [{ outcome: "abandoned" }, { employeeId: customerId }])
    for (const range of [{}, { from: "2026-11-28T00:00:00Z", to: "2036-11-29T00:00:00Z" }])
      await listCalls({ queue: "support", ...pair, ...range });
}

/** Records in each order that they have, narrowed by terms and by bounds, those in the bin, and searched. */
async function everyList(admin: Api): Promise<void> {
  const { kinds } = await admin.call<{ kinds: { kind: string; sortable: string[] }[] }>("records.v1.RecordService/DescribeKinds", {});
  const state = { condition: { field: "state", operator: "in", values: ["new", "open", "active"] } };
  const owner = { condition: { field: "ownerId", operator: "equal", values: ["e1"] } };
  for (const { kind, sortable } of kinds) {
    for (const sort of sortable.flatMap((field) => [field, `-${field}`]))
      for (const more of [{}, { filter: { all: { filters: [state, owner] } } }, { removed: true }])
        await admin.call("records.v1.RecordService/ListRecords", { kind, sort, ...more });
    for (const searchText of ["wang", "0001"]) await admin.call("records.v1.RecordService/SearchRecords", { kinds: [kind], searchText });
  }
}

function sample(field: DescField, customerId: string): unknown {
  const value = one(field, customerId);
  return value !== undefined && field.fieldKind === "list" ? [value] : value;
}
function one({ name, enum: choices, message, scalar }: DescField, customerId: string): unknown {
  if (choices) return choices.values[1]?.name;
  if (message) return message.typeName === "google.protobuf.Timestamp" ? "2026-11-28T00:00:00Z" : undefined;
  if (scalar === ScalarType.BOOL) return true;
  if (scalar !== ScalarType.STRING) return 10;
  if (/token/.test(name)) return undefined;
  if (/customer/.test(name)) return customerId;
  return /number|phone/.test(name) ? "+8613800000001" : "support";
}

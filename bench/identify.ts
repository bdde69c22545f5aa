// Who is calling: one gRPC call to the customer service. The limit: a bare grpc-js handler with one driver query on the
// same collection. The peer: mongoose find().lean() behind that handler.
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { type MethodDefinition, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from "@grpc/grpc-js";
import { createServiceToken, createTokenSigner, generateKeys } from "@trunkline/auth";
import {
  Certainty,
  CustomerKind,
  CustomerService,
  type IdentifyCallerRequest,
  IdentifyCallerRequestSchema,
  type IdentifyCallerResponse,
  IdentifyCallerResponseSchema,
} from "@trunkline/proto/customer";
import { createClient } from "@trunkline/rpc";
import mongoose, { mongo } from "mongoose";
import { callers, loadCustomers, TENANT } from "./customers.ts";
import { benchEngines } from "./engines.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result } from "./harness.ts";
import { closedLoop, type Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { startService } from "./service.ts";
import { offer, startWorker, type Worker } from "./worker.ts";

/** Calls in flight. */
const WIDTH = 8;
const DEADLINE_MS = 10_000;
const STAND_IN_CUSTOMERS = 2_000;
const INDEXED_CUSTOMERS = 1_000_000;

export async function identify(options: BenchOptions): Promise<Result> {
  if (options.store === "memory") throw new Error("identify measures the database: there is no --store memory");
  await using stack = new AsyncDisposableStack();
  const engines = stack.use(await benchEngines(["kafka", "mongo"], options.progress));
  const customers = options.customers ?? (engines.kinds.mongo === "local" ? STAND_IN_CUSTOMERS : INDEXED_CUSTOMERS);
  const database = `bench_identify_${customers}`;
  const { privateKeys, trusted } = await generateKeys(["customer", "telephony"]);
  const env = {
    MONGO_URL: engines.mongoUrl,
    MONGO_DATABASE: database,
    KAFKA_BROKERS: engines.kafkaBrokers,
    RPC_HOST: "127.0.0.1",
    SERVICE_KEY: JSON.stringify(privateKeys["customer"]),
    TRUSTED_KEYS: JSON.stringify(trusted),
    // Nobody's session ends here.
    WORKFORCE_ADDRESS: "none:0",
    LOG_LEVEL: "error",
  };
  // The service first: it makes its indexes while the collection is empty.
  const service = stack.use(await startService("customer", env, options.slowMs));
  await fill(engines.mongoUrl, database, customers, options.progress);
  const contenders: Contender[] = [];
  for (const name of ["trunkline", "driver", "mongoose"] as const) {
    const server: Worker = name === "trunkline" ? service : stack.use(startWorker(import.meta.url, name));
    const address = name === "trunkline" ? service.rpcAddress : await server.ask<string>("listen", engines.mongoUrl, database);
    const client = stack.use(startWorker(import.meta.url, "client", { telemetry: name === "trunkline" }));
    await client.ask("connect", address, privateKeys["telephony"], customers);
    const run = async (ms: number) => {
      const before = await server.cpuUs();
      const load = await client.ask<Load>("load", ms);
      return { ...load, cpuUs: (await server.cpuUs()) - before };
    };
    contenders.push({ name, run });
  }
  const plan = { rounds: options.rounds, slices: options.slices, sliceMs: options.sliceMs * 2, warmUpMs: 4_000 };
  const rounds = await alternate(contenders, plan, options.progress);
  return judge(
    {
      name: "identify",
      engine: engines.engine,
      rounds: options.rounds,
      figures: figuresOf(rounds),
      notes: [
        `${customers} customers, 1.6 numbers each; 70 % of the callers known, few of them calling often; ${WIDTH} calls in flight`,
        "limit: driver, a grpc-js handler with one driver query; peer: mongoose, find().lean() behind the same handler; all on the same collection",
      ],
    },
    {
      p99_vs_limit: { values: perRound(rounds, "p99Ms", "trunkline", "driver"), target: { atMost: 1.5 }, steady: true },
      rate_vs_limit: { values: perRound(rounds, "rate", "trunkline", "driver"), target: { atLeast: 0.8 }, steady: true },
      rate_vs_mongoose: { values: perRound(rounds, "rate", "trunkline", "mongoose"), target: { atLeast: 1 }, steady: true },
    },
  );
}

/** Loads what is missing, then waits until the engine finds by index what it has just been given. */
async function fill(url: string, database: string, customers: number, progress: (line: string) => void): Promise<void> {
  const client = await mongo.MongoClient.connect(url);
  try {
    const collection = client.db(database).collection("customers");
    await loadCustomers(collection, customers, progress);
    const next = callers(customers, 7);
    for (let quick = 0, tries = 0; quick < 20 && tries < 600; tries++) {
      const began = performance.now();
      await collection.find({ phoneKeys: `${TENANT}/+86${next()}` }).toArray();
      quick = performance.now() - began < 50 ? quick + 1 : 0;
      if (quick === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    await client.close();
  }
}

type Found = {
  _id: string;
  name: string;
  phones: string[];
  emails: string[];
  grade: string;
  tags: string[];
  regionCode: string;
  address: string;
  timeZone: string;
  alerts: string[];
  createdAt: number;
};
type Query = (phoneKey: string) => Promise<Found[]>;

/** What the handler answers, from the documents as they are. */
function answer(found: readonly Found[], number: string): IdentifyCallerResponse {
  return create(IdentifyCallerResponseSchema, {
    certainty: found.length === 0 ? Certainty.NONE : found.length === 1 ? Certainty.SURE : Certainty.MAYBE,
    normalizedNumber: number,
    matches: found.map(({ _id, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts, createdAt }) => ({
      customer: {
        customerId: _id.slice(TENANT.length + 1),
        kind: CustomerKind.PERSON,
        createdAt: { seconds: BigInt(Math.floor(createdAt / 1000)), nanos: (createdAt % 1000) * 1_000_000 },
        ...{ name, phones, emails, grade, tags, regionCode, address, timeZone, alerts },
      },
      reasons: ["phone_exact"],
    })),
  });
}

const DEFINITION: MethodDefinition<IdentifyCallerRequest, IdentifyCallerResponse> = {
  path: "/trunkline.customer.v1.CustomerService/IdentifyCaller",
  requestStream: false,
  responseStream: false,
  requestSerialize: (message) => Buffer.from(toBinary(IdentifyCallerRequestSchema, message)),
  requestDeserialize: (bytes) => fromBinary(IdentifyCallerRequestSchema, bytes),
  responseSerialize: (message) => Buffer.from(toBinary(IdentifyCallerResponseSchema, message)),
  responseDeserialize: (bytes) => fromBinary(IdentifyCallerResponseSchema, bytes),
};

function serve(query: Query): Promise<string> {
  const server = new Server();
  const handler = (call: ServerUnaryCall<IdentifyCallerRequest, IdentifyCallerResponse>, reply: sendUnaryData<IdentifyCallerResponse>) => {
    const number = `+86${call.request.number}`;
    query(`${TENANT}/${number}`).then(
      (found) => reply(null, answer(found, number)),
      (error: Error) => reply(error),
    );
  };
  server.addService({ IdentifyCaller: DEFINITION }, { IdentifyCaller: handler });
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    ),
  );
}

const NEWEST = { createdAt: -1, _id: -1 } as const;

const QUERIES: Readonly<Record<string, (url: string, database: string) => Promise<Query>>> = {
  async driver(url, database) {
    const client = await mongo.MongoClient.connect(url, { maxPoolSize: 30 });
    const collection = client.db(database).collection<Found>("customers");
    return (phoneKeys) =>
      collection
        .find({ phoneKeys } as never)
        .sort(NEWEST)
        .limit(5)
        .toArray();
  },
  async mongoose(url, database) {
    const connection = await mongoose
      .createConnection(url, { dbName: database, maxPoolSize: 30, autoIndex: false, autoCreate: false })
      .asPromise();
    const list = [String];
    const shape = { _id: String, name: String, phones: list, emails: list, grade: String, tags: list, regionCode: String, address: String };
    const schema = new mongoose.Schema({ ...shape, timeZone: String, alerts: list, createdAt: Number, phoneKeys: list });
    const model = connection.model("customers", schema, "customers");
    return async (phoneKeys) => (await model.find({ phoneKeys }).sort(NEWEST).limit(5).lean()) as unknown as Found[];
  },
};

if (import.meta.main) {
  const role = process.argv[2] ?? "";
  const query = QUERIES[role];
  let call: () => Promise<unknown> = async () => undefined;
  if (query) offer({ listen: async (url: string, database: string) => serve(await query(url, database)) });
  else
    offer({
      async connect(address: string, key: unknown, customers: number) {
        const token = createServiceToken("telephony", await createTokenSigner("telephony", key as never), Date.now);
        const client = createClient(CustomerService, { address, token, deadlineMs: DEADLINE_MS });
        const next = callers(customers, process.pid);
        call = () => client.identifyCaller({ number: next() }, { tenant: TENANT });
      },
      load: (ms: number) => closedLoop(WIDTH, ms, () => call()),
    });
}

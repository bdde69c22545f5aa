// One unary call of about 300 bytes each way. Ours: token, deadline, trace and validation through packages/rpc, telemetry
// loaded on both sides. The limit: grpc-js with the same messages and nothing else. Beside it the same grpc-js carrying
// our headers (tokens, trace, deadline), which nobody reads: what is left between that and ours is our own work.
// Context: connect-node.
import { randomBytes } from "node:crypto";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { createClient as createConnectClient } from "@connectrpc/connect";
import { connectNodeAdapter, createGrpcTransport } from "@connectrpc/connect-node";
import {
  type CallOptions,
  credentials,
  Client as GrpcClient,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
} from "@grpc/grpc-js";
import { createTokenSigner, createTokenVerifier, generateKeys } from "@trunkline/auth";
import {
  type CreateCustomerRequest,
  CreateCustomerRequestSchema,
  type CreateCustomerResponse,
  CreateCustomerResponseSchema,
  CustomerKind,
  CustomerService,
} from "@trunkline/proto/customer";
import { createClient, type Handlers, implement, serveRpc } from "@trunkline/rpc";
import { createLogger, systemClock } from "@trunkline/runtime";
import { alternate, type Contender, figuresOf, judge, perRound, type Result } from "./harness.ts";
import { closedLoop, type Load } from "./load.ts";
import type { BenchOptions } from "./options.ts";
import { offer, slowed, startWorker } from "./worker.ts";

const CONTENDERS = ["trunkline", "grpc_js", "grpc_js_headers", "connect_node"] as const;
/** Calls in flight: so few that a delay cannot hide behind its neighbours. */
const WIDTH = 16;
const DEADLINE_MS = 5_000;

const REQUEST = create(CreateCustomerRequestSchema, {
  kind: CustomerKind.COMPANY,
  name: "华兴家用电器（北京）有限公司售后服务部",
  phones: ["+8613912345678", "+861062345678"],
  emails: ["service@huaxing.example", "repairs.beijing@huaxing.example"],
  grade: "A",
  tags: ["warranty", "air_conditioner", "key_account"],
  regionCode: "110105",
  address: "北京市朝阳区建国路八十八号现代城三号楼二十二层，售后服务部收",
  timeZone: "Asia/Shanghai",
  alerts: ["VIP: call back within the hour"],
});

function answer(request: CreateCustomerRequest): CreateCustomerResponse {
  const { kind, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts } = request;
  const customerId = "0193f2a4-7b1c-7c3e-9a55-1f0e8d6b4c21";
  return create(CreateCustomerResponseSchema, {
    customer: { customerId, kind, name, phones, emails, grade, tags, regionCode, address, timeZone, alerts },
  });
}

const DEFINITION: MethodDefinition<CreateCustomerRequest, CreateCustomerResponse> = {
  path: "/trunkline.customer.v1.CustomerService/CreateCustomer",
  requestStream: false,
  responseStream: false,
  requestSerialize: (message) => Buffer.from(toBinary(CreateCustomerRequestSchema, message)),
  requestDeserialize: (bytes) => fromBinary(CreateCustomerRequestSchema, bytes),
  responseSerialize: (message) => Buffer.from(toBinary(CreateCustomerResponseSchema, message)),
  responseDeserialize: (bytes) => fromBinary(CreateCustomerResponseSchema, bytes),
};

export async function hop(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const { privateKeys, trusted } = await generateKeys(["workforce", "gateway"]);
  const signer = await createTokenSigner("workforce", privateKeys["workforce"] as never);
  const lasting = { ttlMs: 3_600_000, now: Date.now() };
  const gateway = await createTokenSigner("gateway", privateKeys["gateway"] as never);
  const tokens: Tokens = {
    service: await gateway({ subject: "gateway", ...lasting }),
    user: await signer({ subject: "0193f2a4-0000-7000-8000-000000000001", tenant: "t1", roles: ["agent"], ...lasting }),
  };
  const contenders: Contender[] = [];
  for (const name of CONTENDERS) {
    const telemetry = name === "trunkline";
    const server = stack.use(startWorker(import.meta.url, `${name} server`, { telemetry }));
    const client = stack.use(startWorker(import.meta.url, `${name} client`, { telemetry }));
    await client.ask("connect", await server.ask("listen", telemetry ? options.slowMs : 0, trusted), tokens);
    const run = async (ms: number) => {
      const before = await server.cpuUs();
      const load = await client.ask<Load>("load", ms);
      return { ...load, cpuUs: (await server.cpuUs()) - before };
    };
    contenders.push({ name, run });
  }
  const plan = { rounds: options.rounds, slices: options.slices, sliceMs: options.sliceMs, warmUpMs: 4_000 };
  const rounds = await alternate(contenders, plan, options.progress);
  const bytes = [toBinary(CreateCustomerRequestSchema, REQUEST).length, toBinary(CreateCustomerResponseSchema, answer(REQUEST)).length];
  return judge(
    {
      name: "hop",
      engine: "none",
      rounds: options.rounds,
      figures: figuresOf(rounds),
      notes: [
        `one unary call, ${bytes[0]} bytes there and ${bytes[1]} back, ${WIDTH} in flight, server and client in processes of their own`,
        "limit: grpc_js, the same messages by protobuf-es without token, validation or trace",
        "grpc_js_headers: the same carrying our tokens, trace and deadline, which nobody reads; connect_node is context",
      ],
    },
    {
      rate_vs_grpc_js: { values: perRound(rounds, "rate", "trunkline", "grpc_js"), target: { atLeast: 0.85 }, steady: true },
      rate_vs_grpc_js_headers: { values: perRound(rounds, "rate", "trunkline", "grpc_js_headers") },
      rate_vs_connect_node: { values: perRound(rounds, "rate", "trunkline", "connect_node") },
      cpu_vs_grpc_js: { values: perRound(rounds, "cpuUsPerOp", "trunkline", "grpc_js") },
    },
  );
}

type Listen = (slowMs: number, trusted: unknown) => Promise<string>;
type Call = () => Promise<unknown>;

/** grpc-js with the same messages and nothing else. */
async function serveBare(): Promise<string> {
  const server = new Server();
  server.addService(
    { CreateCustomer: DEFINITION },
    {
      CreateCustomer: (call: { request: CreateCustomerRequest }, reply: (error: null, message: CreateCustomerResponse) => void) =>
        reply(null, answer(call.request)),
    },
  );
  return new Promise((resolve, reject) =>
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(`127.0.0.1:${port}`),
    ),
  );
}

const SERVERS: Record<(typeof CONTENDERS)[number], Listen> = {
  async trunkline(slowMs, trusted) {
    const handlers = new Proxy({} as Handlers<typeof CustomerService, object>, {
      get: () => slowed(slowMs, async (_context: object, request: never) => answer(request)),
    });
    const served = await serveRpc({
      host: "127.0.0.1",
      port: 0,
      services: [implement(CustomerService, {}, handlers)],
      verifyToken: createTokenVerifier(trusted as never),
      checkSession: () => undefined,
      log: createLogger("hop", "warn"),
      now: systemClock,
      audit: async () => undefined,
    });
    return served.address;
  },
  grpc_js: serveBare,
  grpc_js_headers: serveBare,
  async connect_node() {
    const handler = connectNodeAdapter({
      routes: (router) => router.service(CustomerService, { createCustomer: async (request) => answer(request) }),
    });
    const server = createHttp2Server(handler);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  },
};

function callBare(address: string, carrying: () => [Metadata, CallOptions]): Call {
  const client = new GrpcClient(address, credentials.createInsecure());
  const { path, requestSerialize, responseDeserialize } = DEFINITION;
  return () =>
    new Promise((resolve, reject) =>
      client.makeUnaryRequest(path, requestSerialize, responseDeserialize, REQUEST, ...carrying(), (error, message) =>
        error ? reject(error) : resolve(message),
      ),
    );
}

/** As behind the gateway: its own, and that of the user whom it carries. */
type Tokens = { readonly service: string; readonly user: string };

const CLIENTS: Record<(typeof CONTENDERS)[number], (address: string, tokens: Tokens) => Call> = {
  trunkline(address, { service, user }) {
    const tokens = { token: async () => service, userToken: async () => user };
    const client = createClient(CustomerService, { address, ...tokens, deadlineMs: DEADLINE_MS });
    return () => client.createCustomer(REQUEST);
  },
  grpc_js: (address) => callBare(address, () => [new Metadata(), {}]),
  grpc_js_headers(address, { service, user }) {
    return callBare(address, () => {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${service}`);
      metadata.set("trunkline-user-token", user);
      metadata.set("traceparent", `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`);
      return [metadata, { deadline: Date.now() + DEADLINE_MS }];
    });
  },
  connect_node(address) {
    const client = createConnectClient(CustomerService, createGrpcTransport({ baseUrl: `http://${address}` }));
    return () => client.createCustomer(REQUEST);
  },
};

if (import.meta.main) {
  const [name, side] = (process.argv[2] ?? "").split(" ") as [(typeof CONTENDERS)[number], string];
  let call: Call = async () => undefined;
  if (side === "server") offer({ listen: SERVERS[name] });
  else
    offer({
      connect: (address: string, tokens: Tokens) => {
        call = CLIENTS[name](address, tokens);
      },
      load: (ms: number) => closedLoop(WIDTH, ms, () => call()),
    });
}

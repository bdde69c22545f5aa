// From the bytes of a ring on the PBX connection to the frame at the agent's socket, through the telephony and customer
// services as processes. The limit: one process that parses, looks up in memory and sends a frame built beforehand.
import { createTokenSigner, generateKeys } from "@trunkline/auth";
import { announceAgents } from "@trunkline/dev-env";
import { consume, memoryDeadLetters, on, topic } from "@trunkline/events";
import { connectKafka } from "@trunkline/events/kafka";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { createClient } from "@trunkline/rpc";
import { contentId, createLogger, pause } from "@trunkline/runtime";
import { customerOf, TENANT } from "./customers.ts";
import type { Pop } from "./desktops.ts";
import { type BenchEngines, benchEngines } from "./engines.ts";
import { capacity, PBX_USER, type Ring } from "./exchange.ts";
import { alternate, type Contender, figure, figuresOf, judge, perRound, type Result, type Slice } from "./harness.ts";
import type { BenchOptions } from "./options.ts";
import { type ServiceWorker, startService } from "./service.ts";
import { startWorker, type Worker } from "./worker.ts";

const AGENTS = 2_000;
const CUSTOMERS = 1_000;
const FULL_RATE = 100;
/** What the engines of a 2-core machine carry beside the services, calls a second. */
const STAND_IN_RATE = 20;
const INDEXED_RATE = 40;
/** As `npm start` has it; what a large installation takes costs two cores more than it carries. */
const PARTITIONS = 6;
const SLICE_MS = 6_000;
/** The shortest there is: a call's after-call work belongs to what it costs, and is over before the next slice. */
const WRAP_UP_MS = 1_000;
/** Longest that a pop or its acknowledgement is waited for. */
const SETTLE_MS = 20_000;

const EXTENSIONS = Array.from({ length: AGENTS }, (_, n) => String(2_000 + n));
const employeeOf = (extension: string) => contentId("bench-employee", extension);
const callTopic = topic("telephony.call", CallEventSchema);
const log = createLogger("bench-pop", "warn");

type Keys = Awaited<ReturnType<typeof generateKeys>>;
export type Tally = { offered: number; shown: number; wrong: number; pending: number };

export async function pop(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const engines = stack.use(await benchEngines(["kafka", "mongo", "redis"], options.progress));
  const own = options.store === "memory" ? FULL_RATE : engines.kinds.mongo === "local" ? STAND_IN_RATE : INDEXED_RATE;
  const perSecond = options.rate ?? own;
  if (perSecond > capacity(AGENTS)) throw new Error(`${AGENTS} agents take at most ${capacity(AGENTS)} calls a second`);
  const keys = await generateKeys(["customer", "telephony", "workforce", "gateway"]);
  const prefix = `bench-pop-${process.pid}.`;
  const product = await openProduct(stack, engines, keys, prefix, options);
  const limit = await openLimit(stack);
  const tally = { offered: 0, shown: 0, wrong: 0, pending: 0 };
  const acknowledged = await countAcknowledged(stack, engines, prefix);
  options.progress("every agent is rung once");
  await rehearse(product, AGENTS, async () => acknowledged.size);
  const contenders = [
    contender("trunkline", product, perSecond, (seen) => add(tally, seen)),
    contender("limit", limit, perSecond, () => undefined),
  ];
  if (options.against !== undefined) contenders.push(await other(stack, engines, keys, options, perSecond));
  const before = acknowledged.size;
  const counted = await counts(product);
  const plan = { rounds: options.rounds, slices: 1, sliceMs: SLICE_MS, warmUpMs: 3_000 };
  const rounds = await alternate(contenders, plan, options.progress);
  await until(() => acknowledged.size - before >= tally.offered);
  const perCall = since(counted, await counts(product), tally.offered);
  return verdict(options, engines, rounds, tally, acknowledged.size - before, perSecond, perCall);
}

function verdict(
  options: BenchOptions,
  engines: BenchEngines,
  rounds: Awaited<ReturnType<typeof alternate>>,
  { offered, shown, wrong, pending }: Tally,
  acknowledged: number,
  perSecond: number,
  perCall: string,
): Result {
  const ours = rounds.get("trunkline") ?? [];
  const values = (what: "p50Ms" | "p99Ms") => ours.map((round) => round[what]);
  const memory = options.store === "memory";
  return judge(
    {
      name: memory ? "pop --store memory" : "pop",
      engine: memory ? "stores in memory" : engines.engine,
      rounds: options.rounds,
      figures: { ...figuresOf(rounds), pending: figure([pending], 0) },
      notes: [
        `${perSecond} calls a second (full rate: ${FULL_RATE}) at ${AGENTS} desktops; each rings at once, is answered and ends; ${CUSTOMERS} customers, 70 % of the callers known`,
        "from the bytes of the ring on the PBX connection to the frame at the agent's socket; acknowledged counts the pop_shown events on the bus",
        `one call makes ${perCall}`,
        `pending: pops that went out before customer had answered, of ${offered}; limit: one process, parse, look-up in memory, prebuilt frame`,
      ],
    },
    {
      p50_ms: { values: values("p50Ms"), target: { atMost: 10 } },
      p99_ms: { values: values("p99Ms"), target: { atMost: 50 } },
      p99_vs_limit: { values: perRound(rounds, "p99Ms", "trunkline", "limit") },
      ...(rounds.has("against") ? { cpu_vs_against: { values: perRound(rounds, "cpuUsPerOp", "trunkline", "against") } } : {}),
      wrong_agent: { values: [wrong], target: { exactly: 0 } },
      offered: { values: [offered] },
      shown: { values: [shown], target: { exactly: offered } },
      acknowledged: { values: [acknowledged], target: { exactly: offered } },
    },
  );
}

/** The product of another checkout, with topics of its own. */
async function other(
  stack: AsyncDisposableStack,
  engines: BenchEngines,
  keys: Keys,
  options: BenchOptions,
  perSecond: number,
): Promise<Contender> {
  const prefix = `bench-pop-against-${process.pid}.`;
  const product = await openProduct(stack, engines, keys, prefix, options, options.against);
  const acknowledged = await countAcknowledged(stack, engines, prefix);
  await rehearse(product, AGENTS, async () => acknowledged.size);
  return contender("against", product, perSecond, () => undefined);
}

export type Line<S = Worker> = { readonly exchange: Worker; readonly desktops: Worker; readonly servers: readonly S[] };

async function openProduct(
  stack: AsyncDisposableStack,
  engines: BenchEngines,
  keys: Keys,
  prefix: string,
  options: BenchOptions,
  checkout?: string,
): Promise<Line<ServiceWorker>> {
  const exchange = stack.use(startWorker(new URL("exchange.ts", import.meta.url).href, "exchange"));
  const desktops = stack.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  const port = await exchange.ask<number>("open", EXTENSIONS, CUSTOMERS);
  const env = (service: string) => ({
    ...(options.store === "memory" ? { DATA_DIR: ":memory:" } : { MONGO_URL: engines.mongoUrl }),
    // A checkout of before knows it by this.
    STORE: options.store,
    MONGO_DATABASE: `${prefix}${service}`.replace(".", "-"),
    KAFKA_BROKERS: engines.kafkaBrokers,
    TOPIC_PREFIX: prefix,
    TOPIC_PARTITIONS: String(PARTITIONS),
    REDIS_URL: engines.redisUrl,
    RPC_HOST: "127.0.0.1",
    SERVICE_KEY: JSON.stringify(keys.privateKeys[service]),
    TRUSTED_KEYS: JSON.stringify(keys.trusted),
    // Nobody's session ends here.
    WORKFORCE_ADDRESS: "none:0",
    LOG_LEVEL: "error",
  });
  const customer = stack.use(await startService("customer", env("customer"), options.slowMs, checkout));
  const telephonyEnv = {
    ...env("telephony"),
    CUSTOMER_ADDRESS: customer.rpcAddress,
    WRAP_UP_LIMIT_MS: String(WRAP_UP_MS),
    // Nobody calls out here.
    MARKETING_ADDRESS: "none:0",
    CONNECTORS: JSON.stringify([{ id: "bench", tenant: TENANT, host: "127.0.0.1", port, ...PBX_USER }]),
    NUMBER_HASH_KEY: "bench-number-hash-key",
  };
  const telephony = stack.use(await startService("telephony", telephonyEnv, options.slowMs, checkout));
  const signer = await createTokenSigner("workforce", keys.privateKeys["workforce"] as never);
  const tokenOf = (extension: string) =>
    signer({ subject: employeeOf(extension), tenant: TENANT, roles: ["agent"], ttlMs: 3_600_000, now: Date.now() });
  const agents = await Promise.all(EXTENSIONS.map(async (extension) => ({ extension, token: await tokenOf(extension) })));
  const gateway = await createTokenSigner("gateway", keys.privateKeys["gateway"] as never);
  await createCustomers(customer, await gateway({ subject: "gateway", ttlMs: 3_600_000, now: Date.now() }), await tokenOf("2000"));
  await announceAgents(
    connectKafka(engines.kafkaBrokers, "bench", log, prefix),
    TENANT,
    EXTENSIONS.map((extension) => ({ employeeId: employeeOf(extension), extension })),
  );
  await desktops.ask("open", `ws://127.0.0.1:${telephony.desktopPort}`, agents);
  return { exchange, desktops, servers: [telephony, customer] };
}

async function openLimit(stack: AsyncDisposableStack): Promise<Line> {
  const exchange = stack.use(startWorker(new URL("exchange.ts", import.meta.url).href, "exchange"));
  const desktops = stack.use(startWorker(new URL("desktops.ts", import.meta.url).href, "desktops"));
  const server = stack.use(startWorker(new URL("pop-limit.ts", import.meta.url).href, "limit"));
  const url = await server.ask<string>("open", await exchange.ask<number>("open", EXTENSIONS, CUSTOMERS), CUSTOMERS);
  await desktops.ask(
    "open",
    url,
    EXTENSIONS.map((extension) => ({ extension, token: extension })),
  );
  return { exchange, desktops, servers: [server] };
}

/** Through the public contract, so that it works whatever the service keeps its data in. */
async function createCustomers({ rpcAddress }: ServiceWorker, service: string, user: string): Promise<void> {
  const tokens = { token: async () => service, userToken: async () => user };
  await using client = createClient(CustomerService, { address: rpcAddress, ...tokens, deadlineMs: 10_000 });
  for (let from = 0; from < CUSTOMERS; from += 20) {
    const batch = Array.from({ length: 20 }, (_, k) => ({ ...customerOf(from + k), kind: CustomerKind.PERSON }));
    await Promise.all(batch.map(({ id, ...customer }) => client.createCustomer({ ...customer, requestId: id })));
  }
}

/** The calls whose pop an agent's desktop has acknowledged, as the bus tells it. */
async function countAcknowledged(
  stack: AsyncDisposableStack,
  { kafkaBrokers }: BenchEngines,
  prefix: string,
): Promise<ReadonlySet<string>> {
  const transport = connectKafka(kafkaBrokers, "bench", log, prefix, PARTITIONS);
  const acknowledged = new Set<string>();
  const subscription = on(callTopic, async ({ event: { event }, id }) => {
    if (event.case === "popShown") acknowledged.add(id);
  });
  await transport.ensureTopics([callTopic]);
  stack.use(await consume({ transport, group: "bench", subscriptions: [subscription], dead: memoryDeadLetters() }));
  return acknowledged;
}

/** Rings agents until each has got a pop, so that the copy of the employees is known to be complete. */
export async function rehearse(
  line: Pick<Line, "exchange" | "desktops">,
  agents: number,
  acknowledged: () => Promise<number>,
): Promise<void> {
  const reached = new Set<string>();
  const perSecond = 40;
  for (let pass = 0; pass < 20 && reached.size < agents; pass++) {
    await line.desktops.ask("forget");
    await line.exchange.ask("place", perSecond, (agents / perSecond) * 1000);
    for (const { extension } of await line.desktops.ask<Pop[]>("pops")) reached.add(extension);
  }
  if (reached.size < agents) throw new Error(`only ${reached.size} of ${agents} agents got a pop`);
  await until(async () => (await acknowledged()) >= agents);
}

export function contender(
  name: string,
  { exchange, desktops, servers }: Line<Pick<Worker, "cpuUs">>,
  perSecond: number,
  seen: (tally: Tally) => void,
): Contender {
  const cpu = async () => (await Promise.all(servers.map((server) => server.cpuUs()))).reduce((sum, us) => sum + us, 0);
  const run = async (ms: number): Promise<Slice> => {
    await desktops.ask("forget");
    const before = await cpu();
    const rings = await exchange.ask<Ring[]>("place", perSecond, ms);
    await until(async () => (await desktops.ask<Pop[]>("pops")).filter(({ revision }) => revision === 1).length >= rings.length);
    await pause(2 * WRAP_UP_MS);
    const { latenciesMs, ...tally } = match(rings, await desktops.ask<Pop[]>("pops"));
    seen(tally);
    return { ops: rings.length, wallMs: ms, latenciesMs, cpuUs: (await cpu()) - before };
  };
  return { name, run };
}

/** What the services have done so far, all together. */
async function counts({ servers }: Line<ServiceWorker>): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>();
  for (const server of servers) for (const [what, sum] of await server.counts()) sums.set(what, (sums.get(what) ?? 0) + sum);
  return sums;
}

function since(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>, calls: number): string {
  const made = [...after].map(([what, sum]) => [what, (sum - (before.get(what) ?? 0)) / Math.max(1, calls)] as const);
  return made
    .filter(([, each]) => each >= 0.05)
    .map(([what, each]) => `${each.toFixed(1)} ${what}`)
    .join(", ");
}

/** Which pop belongs to which ring: same agent, same caller, in order. A pop that belongs to none is at a wrong agent. */
function match(rings: readonly Ring[], pops: readonly Pop[]): Tally & { latenciesMs: Float64Array } {
  const open = pops.filter(({ revision }) => revision === 1);
  const latencies: number[] = [];
  for (const ring of rings) {
    const at = open.findIndex(({ extension, number }) => extension === ring.extension && number === `+86${ring.number}`);
    const [found] = at < 0 ? [] : open.splice(at, 1);
    if (found) latencies.push((found.at - ring.at) / 1000);
  }
  const pending = pops.filter((one) => one.pending).length;
  return { offered: rings.length, shown: latencies.length, wrong: open.length, pending, latenciesMs: Float64Array.from(latencies) };
}

export function add(sum: Tally, { offered, shown, wrong, pending }: Tally): void {
  sum.offered += offered;
  sum.shown += shown;
  sum.wrong += wrong;
  sum.pending += pending;
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (const late = performance.now() + SETTLE_MS; performance.now() < late && !(await reached()); ) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

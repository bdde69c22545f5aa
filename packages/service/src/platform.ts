import { hostname } from "node:os";
import { join } from "node:path";
import type { DescService } from "@bufbuild/protobuf";
import { createServiceToken, createTokenSigner, createTokenVerifier, type SessionGuard, type TokenVerifier } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { type Consumer, consume, createRelay, type Relay, type Subscription, type Topic, type Transport } from "@trunkline/events";
import { SessionService } from "@trunkline/proto/workforce";
import {
  type AuditEntry,
  type Client,
  createClient,
  type Implementation,
  type RpcServer,
  readTls,
  type ServeRpcOptions,
  serveRpc,
} from "@trunkline/rpc";
import { armFailpoints, type Clock, createLogger, databaseClock, type Logger, newId, serveHealth } from "@trunkline/runtime";
import { type Kept, type RowStore, type StoreBackend, sqliteBackend } from "@trunkline/store";
import { type AuditRow, openAudit } from "./audit.ts";
import { followEndedSessions } from "./ended-sessions.ts";
import type { PlatformConfig } from "./platform-config.ts";
import { openRetention, type Retention } from "./retention.ts";

/** Of one question to workforce whose sessions have ended. */
const POLL_DEADLINE_MS = 1_000;

/** What tests and dev-env put in place of the real thing. */
export type PlatformOverrides = {
  readonly now?: Clock;
  readonly log?: Logger;
  /** Shared by all services of one process, closed by whoever opened it. */
  readonly transport?: Transport;
};

/** What a service stands on; everything opened through it is closed in reverse order. */
export type Platform = {
  readonly name: string;
  /** Whom the leases of this process are. Whoever comes back under it after a kill goes on at once. */
  readonly instance: string;
  readonly now: Clock;
  readonly newId: () => string;
  readonly log: Logger;
  readonly backend: StoreBackend;
  readonly transport: Transport;
  readonly stack: AsyncDisposableStack;
  readonly verifyToken: TokenVerifier;
  /** Rows of audited calls; the RPC server writes them by itself. */
  readonly audit: RowStore<AuditRow>;
  /** From the service's start on removes what has been over for so many days; 0: never. */
  keep(store: Kept, days: number): void;
  /** Whose sessions have ended, as workforce says; asked of it from the first call of this on. */
  sessions(): Promise<SessionGuard>;
  /** A client of another service that shows this service's token. */
  client<S extends DescService>(service: S, address: string, deadlineMs: number): Client<S>;
  consume(subscriptions: readonly Subscription[]): Promise<Consumer>;
  /** @param checkSession default: what `sessions` says; workforce looks at its own data */
  serve(services: readonly Implementation[], checkSession?: ServeRpcOptions["checkSession"]): Promise<RpcServer>;
};

export type RunningService = {
  readonly rpcAddress: string;
  readonly healthPort: number;
  /** Events taken and not yet acknowledged by the broker, and events known to wait: 0 means idle. */
  readonly busy: () => number;
} & AsyncDisposable;

type Pieces = { rpcAddress: string; relay: Relay; consumers: Consumer[]; checks: Record<string, () => Promise<void>> };

/**
 * Opens what every service needs, lets it open its own on top, and gives back the running whole. When anything fails,
 * what was opened is closed and the error goes on.
 */
export async function openPlatform(
  name: string,
  topics: readonly Topic[],
  config: PlatformConfig,
  overrides: PlatformOverrides,
  build: (platform: Platform) => Promise<void>,
): Promise<RunningService> {
  await using opening = new AsyncDisposableStack();
  // Those of a process that holds several services are all of theirs.
  if (config.failpoints !== "") armFailpoints(config.failpoints);
  const log = overrides.log ?? createLogger(name, config.logLevel);
  const transport = await openTransport(name, config, overrides, log, opening);
  await transport.ensureTopics(topics);
  const relay = opening.use(await createRelay(transport));
  const { backend, now } = await openData(name, config, overrides, relay, log, opening);
  // Before the data is closed: it still has to note what is out, or the next start publishes that again.
  opening.defer(() => relay.drain());
  const pieces: Pieces = { rpcAddress: "", relay, consumers: [], checks: { database: () => backend.check() } };
  const instance = instanceOf(name, config, now);
  const retention = openRetention({ backend, name, instance, now, log }, config.archiveDir);
  await build(
    await platformOf({
      name,
      instance,
      config,
      log,
      transport,
      near: overrides.transport !== undefined,
      backend,
      now,
      pieces,
      retention,
      stack: opening,
    }),
  );
  opening.use(await retention.start());
  const health = opening.use(await serveHealth({ host: config.healthHost, port: config.healthPort }, pieces.checks));
  const stack = opening.move();
  log.info({ rpc: pieces.rpcAddress, health: health.port }, "serving");
  return {
    rpcAddress: pieces.rpcAddress,
    healthPort: health.port,
    busy: () => relay.size() + pieces.consumers.reduce((sum, consumer) => sum + consumer.lag(), 0),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** What this service says about events stands in its own log, whoever's transport it is. */
async function openTransport(
  name: string,
  { kafkaBrokers, topicPrefix, topicPartitions, kafkaSecurity }: PlatformConfig,
  { transport }: PlatformOverrides,
  log: Logger,
  stack: AsyncDisposableStack,
): Promise<Transport> {
  if (transport) return { ...transport, log };
  if (kafkaBrokers === "")
    throw new Error("KAFKA_BROKERS is empty, and this process brings no event log of its own: set it to a host:port");
  const { connectKafka } = await import("@trunkline/events/kafka");
  return stack.use(connectKafka(kafkaBrokers, name, log, topicPrefix, topicPartitions, kafkaSecurity));
}

async function openData(
  name: string,
  config: PlatformConfig,
  overrides: PlatformOverrides,
  relay: Relay,
  log: Logger,
  stack: AsyncDisposableStack,
): Promise<{ backend: StoreBackend; now: Clock }> {
  if (config.mongoUrl === "") {
    // The wall clock of this machine, without its steps.
    const now = overrides.now ?? stack.use(await databaseClock(async () => Date.now())).now;
    const { dataDir, synchronous } = config;
    if (dataDir === "") throw new DomainError("invalid", "no_store", "set MONGO_URL, or DATA_DIR for the embedded engines");
    const file = dataDir === ":memory:" ? dataDir : join(dataDir, `${name}.db`);
    return { backend: stack.use(sqliteBackend({ file, synchronous, relay, now, log })), now };
  }
  // Only now: whoever needs no MongoDB does not load its driver.
  const { connectMongo, mongoBackend } = await import("@trunkline/store/mongo");
  const mongo = stack.use(await connectMongo(config.mongoUrl, config.mongoDatabase || name));
  const now = overrides.now ?? stack.use(await databaseClock(mongo.readTime)).now;
  return { backend: stack.use(mongoBackend({ mongo, relay, now, log })), now };
}

/** Two processes at once never have the same: one alone holds the folder of the embedded engines, one alone serves a port of a machine. */
function instanceOf(name: string, { mongoUrl, rpcPort }: PlatformConfig, now: Clock): string {
  if (mongoUrl === "") return name;
  return rpcPort === 0 ? newId(now()) : `${hostname()}:${rpcPort}`;
}

type Parts = {
  name: string;
  instance: string;
  config: PlatformConfig;
  log: Logger;
  transport: Transport;
  /** The other services are in this process. */
  near: boolean;
  backend: StoreBackend;
  now: Clock;
  pieces: Pieces;
  retention: Retention;
  stack: AsyncDisposableStack;
};

async function platformOf({
  name,
  instance,
  config,
  log,
  transport,
  near,
  backend,
  now,
  pieces,
  retention,
  stack,
}: Parts): Promise<Platform> {
  const token = createServiceToken(name, await createTokenSigner(name, config.serviceKey as never), now);
  const verifyToken = createTokenVerifier(config.trustedKeys as never);
  const audit = await openAudit(backend);
  retention.keep(audit, config.auditDays);
  const { rpcHost: host, rpcPort: port, rpcReflection: reflection } = config;
  const tls = readTls(config.rpcTlsDir);
  const client: Platform["client"] = (service, address, deadlineMs) =>
    stack.use(createClient(service, { address, token, deadlineMs, tls }));
  let guard: Promise<SessionGuard> | undefined;
  const sessions = () => {
    guard ??= followEndedSessions(client(SessionService, config.workforceAddress, POLL_DEADLINE_MS), now, log).then((it) => stack.use(it));
    return guard;
  };
  return {
    name,
    instance,
    now,
    keep: retention.keep,
    sessions,
    verifyToken,
    audit,
    client,
    newId: () => newId(now()),
    log,
    backend,
    transport,
    stack,
    async consume(subscriptions) {
      const topics = subscriptions.map(({ topic }) => topic);
      await transport.ensureTopics(topics);
      const consumer = stack.use(await consume({ transport, group: name, subscriptions, dead: await backend.deadLetters(name) }));
      pieces.consumers.push(consumer);
      pieces.checks["events"] = () => consumer.check();
      return consumer;
    },
    async serve(services, checkSession) {
      const check = checkSession ?? (await sessions()).check;
      const write = async ({ tenant, ...entry }: AuditEntry) => {
        await audit.upsert(tenant, newId(entry.at), () => entry);
      };
      const answering = { services, verifyToken, checkSession: check, log, now, audit: write };
      const server = stack.use(await serveRpc({ host, port, reflection, near, tls, ...answering }));
      pieces.rpcAddress = server.address.replace("0.0.0.0", "127.0.0.1");
      return server;
    },
  };
}

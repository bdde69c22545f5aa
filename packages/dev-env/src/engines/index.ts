import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { ensureArtifacts } from "./artifacts.ts";
import { startKafka } from "./kafka.ts";
import { pingKafka } from "./kafka-probe.ts";
import { foreignEngine } from "./local.ts";
import { startMongo } from "./mongo.ts";
import { pingMongo, pingRedis } from "./probes.ts";
import { waitUntilReady } from "./readiness.ts";
import { redisOnPath, startRedis } from "./redis.ts";
import {
  EngineError,
  type EngineKind,
  type EngineName,
  type EnginePorts,
  type Env,
  type RunningEngine,
  type StartContext,
} from "./types.ts";

export {
  EngineError,
  type EngineKind,
  type EngineName,
  type EnginePorts,
} from "./types.ts";

const ALL: readonly EngineName[] = ["kafka", "mongo", "redis"];

export interface EngineOptions {
  readonly env: Env;
  readonly dataDir: string;
  readonly mongoBackend?: "memory" | "file";
  readonly only?: readonly EngineName[];
  readonly ports?: EnginePorts;
  readonly onProgress?: (line: string) => void;
}

export interface Engines extends AsyncDisposable {
  readonly kafkaBrokers: string;
  readonly mongoUrl: string;
  readonly redisUrl: string;
  readonly kinds: Readonly<Record<EngineName, EngineKind>>;
  kill(engine: EngineName, signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  freeze(engine: EngineName): Promise<void>;
  thaw(engine: EngineName): Promise<void>;
  restart(engine: EngineName): Promise<void>;
}

const KNOWN = {
  kafka: {
    what: "Kafka",
    variable: "KAFKA_BROKERS",
    probe: pingKafka,
    start: startKafka,
  },
  mongo: {
    what: "MongoDB",
    variable: "MONGO_URL",
    probe: pingMongo,
    start: startMongo,
  },
  redis: {
    what: "Redis",
    variable: "REDIS_URL",
    probe: pingRedis,
    start: startRedis,
  },
} as const;

export async function startEngines(options: EngineOptions): Promise<Engines> {
  const { env, mongoBackend = "file", ports = {}, onProgress = () => {} } = options;
  const dataDir = resolve(options.dataDir);
  const context: StartContext = {
    env,
    dataDir,
    mongoBackend,
    ports,
    onProgress,
  };
  await mkdir(dataDir, { recursive: true });
  const names = ALL.filter((name) => options.only?.includes(name) ?? true);
  const local = names.filter((name) => !env[KNOWN[name].variable]);
  const need = (await redisOnPath(env)) ? local.filter((name) => name !== "redis") : local;
  await ensureArtifacts(need, context);
  const started = await Promise.allSettled(names.map(async (name) => [name, await start(name, context)] as const));
  const running = new Map(started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
  const failures = started.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  if (failures.length > 0) {
    await Promise.all([...running.values()].map((engine) => engine.stop()));
    throw failures.length === 1 ? failures[0] : new EngineError(failures.map(({ message }) => message).join(" | "));
  }
  return handle(running);
}

async function start(name: EngineName, context: StartContext): Promise<RunningEngine> {
  const { what, variable, probe, start: startHere } = KNOWN[name];
  const address = context.env[variable];
  if (!address) return startHere(context);
  await waitUntilReady(`${what} at ${variable}`, () => probe(address), undefined, 15_000);
  return foreignEngine(what, address, variable);
}

function handle(running: ReadonlyMap<EngineName, RunningEngine>): Engines {
  const get = (name: EngineName): RunningEngine => {
    const engine = running.get(name);
    if (!engine) throw new EngineError(`${KNOWN[name].what} was not started; name it in "only"`);
    return engine;
  };
  const kind = (name: EngineName) => running.get(name)?.kind ?? "env";
  return {
    get kafkaBrokers() {
      return get("kafka").address;
    },
    get mongoUrl() {
      return get("mongo").address;
    },
    get redisUrl() {
      return get("redis").address;
    },
    kinds: { kafka: kind("kafka"), mongo: kind("mongo"), redis: kind("redis") },
    kill: (name, signal = "SIGKILL") => get(name).kill(signal),
    freeze: (name) => get(name).freeze(),
    thaw: (name) => get(name).thaw(),
    restart: (name) => get(name).restart(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((engine) => engine.stop()));
    },
  };
}

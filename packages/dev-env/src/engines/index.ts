import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { foreignEngine } from "./local.ts";
import { claimFolder, livingOwner, type Owner, releaseFolder, updateClaim } from "./owner.ts";
import { answers, ENGINES, startTogether } from "./start.ts";
import { EngineError, type EngineKind, type EngineName, type EnginePorts, type Env, explained, type RunningEngine } from "./types.ts";

export { EngineError, type EngineKind, type EngineName, type EnginePorts } from "./types.ts";

const ALL: readonly EngineName[] = ["kafka", "mongo", "redis"];

/** What {@link startEngines} may be told. */
export interface EngineOptions {
  /**
   * The environment to look in: KAFKA_BROKERS, MONGO_URL, REDIS_URL name engines that run already; PATH, HOME, JAVA_HOME,
   * TRUNKLINE_CACHE (downloads) and MAVEN_REPOSITORY (base URL to download from) serve the local ones.
   */
  readonly env: Env;
  /** Folder for data and logs, one folder per engine inside; made when missing. Used by one process at a time. */
  readonly dataDir: string;
  /** "file" (default): data survive a restart. "memory": for tests; faster, MongoDB's data are gone when it ends. */
  readonly mongoBackend?: "memory" | "file";
  /** Default: all three. */
  readonly only?: readonly EngineName[];
  /** TCP ports on loopback; a free one is chosen where none is given. */
  readonly ports?: EnginePorts;
  /** Those that the environment does not name: only as containers, or only as processes. Default: the first way that works. */
  readonly kind?: "docker" | "local" | undefined;
  /** Told in one line what takes time, and why a container was not used. */
  readonly onProgress?: (line: string) => void;
  /** Use the engines that another process runs in the same dataDir, if there are any, and leave them running. */
  readonly reuse?: boolean;
}

/** Running engines; disposing ends those that were started here, and the end of this process ends them as well. */
export interface Engines extends AsyncDisposable {
  /** `host:port`, with commas between several. */
  readonly kafkaBrokers: string;
  readonly mongoUrl: string;
  readonly redisUrl: string;
  /** Where each came from; "env" also for one that was not asked for. */
  readonly kinds: Readonly<Record<EngineName, EngineKind>>;
  /** Ends one engine, by default without warning; resolves when it is gone. */
  kill(engine: EngineName, signal?: "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Stops an engine's time: it keeps its connections and answers nothing. */
  freeze(engine: EngineName): Promise<void>;
  thaw(engine: EngineName): Promise<void>;
  /** Ends the engine if it runs and starts it on the same port with the same data; resolves when it answers. */
  restart(engine: EngineName): Promise<void>;
}

/**
 * Starts Kafka, MongoDB and Redis, each the first way that works: the address in `env`; a container; a local process.
 * Takes 2-3 s with everything downloaded.
 *
 * @throws EngineError in one line, with what to do; nothing is left running then.
 */
export async function startEngines(options: EngineOptions): Promise<Engines> {
  const { env, mongoBackend = "file", ports = {}, onProgress = () => {}, reuse = false } = options;
  const names = ALL.filter((name) => options.only?.includes(name) ?? true);
  const dataDir = resolve(options.dataDir);
  const other = await takeFolder(dataDir).catch((error) => Promise.reject(explained(error)));
  if (other && !reuse) {
    throw new EngineError(`the engines of ${dataDir} run already in process ${other.pid}; stop that process or choose another data folder`);
  }
  if (other) return handle(borrowed(names, other, dataDir), async () => {});
  try {
    const running = await startTogether(names, { env, dataDir, mongoBackend, ports, kind: options.kind, onProgress });
    await updateClaim(dataDir, noteOf(running));
    return handle(running, () => releaseFolder(dataDir));
  } catch (error) {
    await releaseFolder(dataDir);
    throw explained(error);
  }
}

/** Claims the folder for this process; gives the other process when one uses it. */
async function takeFolder(dataDir: string): Promise<Owner | undefined> {
  await mkdir(dataDir, { recursive: true });
  const mine = noteOf(new Map());
  if (await claimFolder(dataDir, mine)) return undefined;
  const other = await livingOwner(dataDir, Date.now(), answers);
  if (other) return other;
  await releaseFolder(dataDir);
  if (await claimFolder(dataDir, mine)) return undefined;
  throw new EngineError(`another process is starting engines in ${dataDir} right now; try again in a moment`);
}

function noteOf(running: ReadonlyMap<EngineName, RunningEngine>): Owner {
  const engines = [...running].map(([name, { kind, address }]) => [name, { kind, address }] as const);
  return { pid: process.pid, engines: Object.fromEntries(engines) };
}

function borrowed(names: readonly EngineName[], { pid, engines }: Owner, dataDir: string): Map<EngineName, RunningEngine> {
  return new Map(
    names.map((name) => {
      const engine = engines[name];
      const { what } = ENGINES[name];
      if (!engine) throw new EngineError(`process ${pid} runs no ${what} in ${dataDir}; choose another data folder`);
      return [name, foreignEngine(`${what} belongs to process ${pid}`, engine.kind, engine.address)] as const;
    }),
  );
}

function handle(running: ReadonlyMap<EngineName, RunningEngine>, release: () => Promise<void>): Engines {
  const get = (name: EngineName): RunningEngine => {
    const engine = running.get(name);
    if (!engine) throw new EngineError(`${ENGINES[name].what} was not started; name it in "only"`);
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
    kill: async (name, signal = "SIGKILL") => get(name).kill(signal),
    freeze: async (name) => get(name).freeze(),
    thaw: async (name) => get(name).thaw(),
    restart: async (name) => get(name).restart(),
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...running.values()].map((engine) => engine.stop()));
      await release();
    },
  };
}

import { ensureArtifacts } from "./artifacts.ts";
import { startContainer, whyNoDocker, whyNoImage } from "./docker.ts";
import { startKafka } from "./kafka.ts";
import { pingKafka } from "./kafka-probe.ts";
import { foreignEngine } from "./local.ts";
import { startMongo } from "./mongo.ts";
import { pingMongo, pingRedis } from "./probes.ts";
import { waitUntilReady } from "./readiness.ts";
import { redisOnPath, startRedis } from "./redis.ts";
import { EngineError, type EngineName, explained, type RunningEngine, type StartContext } from "./types.ts";

/** A given address is there already or nearly; longer waits only hide a wrong one. */
const GIVEN_ADDRESS_MS = 15_000;

/** What the order of starting needs to know of each engine. */
export const ENGINES = {
  kafka: { what: "Kafka", variable: "KAFKA_BROKERS", probe: pingKafka, startLocal: startKafka },
  mongo: { what: "MongoDB", variable: "MONGO_URL", probe: pingMongo, startLocal: startMongo },
  redis: { what: "Redis", variable: "REDIS_URL", probe: pingRedis, startLocal: startRedis },
} as const;

/** Starts all of them side by side, or none: on a failure those that came up are stopped again. */
export async function startTogether(names: readonly EngineName[], context: StartContext): Promise<Map<EngineName, RunningEngine>> {
  const missing = names.filter((name) => !context.env[ENGINES[name].variable]);
  const noDocker = missing.length === 0 ? undefined : context.kind === "local" ? "as asked" : await whyNoDocker(context.env);
  if (noDocker && context.kind === "docker")
    throw new EngineError(`${noDocker}; start Docker, or correct DOCKER_HOST, or take other engines`);
  if (missing.length > 0 && noDocker) {
    context.onProgress(`${noDocker}: starting ${missing.join(", ")} as local processes`);
    await fetchTogether(missing, context);
  }
  const started = await Promise.allSettled(
    names.map(async (name) => [name, await startOne(name, context, noDocker === undefined)] as const),
  );
  const running = new Map(started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : [])));
  const failures = started.flatMap((result) => (result.status === "rejected" ? [explained(result.reason)] : []));
  if (failures.length === 0) return running;
  await Promise.all([...running.values()].map((engine) => engine.stop()));
  throw inOneLine(failures);
}

function inOneLine(failures: readonly unknown[]): unknown {
  if (failures.length === 1) return failures[0];
  const reasons = failures.map((failure) => (failure instanceof Error ? failure.message : String(failure)));
  return new EngineError([...new Set(reasons)].join(" | "));
}

/** One download for all is several times faster than one each. */
async function fetchTogether(names: readonly EngineName[], context: StartContext): Promise<void> {
  const needsJars = names.includes("redis") && (await redisOnPath(context.env)) ? names.filter((n) => n !== "redis") : names;
  await ensureArtifacts(needsJars, context);
}

async function startOne(name: EngineName, context: StartContext, docker: boolean): Promise<RunningEngine> {
  const { what, variable, probe, startLocal } = ENGINES[name];
  const address = context.env[variable];
  if (address) {
    await waitUntilReady(`${what} at the address in ${variable}`, () => probe(address), {
      deadlineMs: GIVEN_ADDRESS_MS,
    });
    return foreignEngine(`${what} comes from ${variable}`, "env", address);
  }
  if (docker) {
    const container = await inContainer(name, context);
    if (typeof container !== "string") return container;
    if (context.kind === "docker")
      throw new EngineError(`${what} cannot run in a container: ${container}; put that right, or take other engines`);
    context.onProgress(`${container}: starting ${what} as a local process`);
  }
  return startLocal(context);
}

/** The engine, or why it cannot run in a container here. */
async function inContainer(name: EngineName, context: StartContext): Promise<RunningEngine | string> {
  const noImage = await whyNoImage(name, context.env);
  if (noImage) return noImage;
  return startContainer(name, context).catch((error: Error) => `in a container, ${error.message}`);
}

/** Whether an engine answers at an address, once asked. */
export function answers(name: EngineName, address: string): Promise<boolean> {
  return ENGINES[name].probe(address).then(
    () => true,
    () => false,
  );
}

import { rmSync } from "node:fs";
import { type FamilyName, type System, type SystemOptions, startSystem } from "@trunkline/dev-env";
import { connectMongo } from "@trunkline/store/mongo";

/** Whether the test run has Kafka, MongoDB and Redis; `npm test` says loudly when it has not. */
export const HAS_ENGINES = process.env["KAFKA_BROKERS"] !== undefined;
/** The families of engines that a story can be told on. */
export const FAMILIES_HERE: readonly FamilyName[] = HAS_ENGINES ? ["embedded", "any"] : ["embedded"];

/** A clock that stands still until the story moves it. */
export type StoryClock = { readonly now: () => number; moveTo(instant: string): void };

export function storyClock(start: string): StoryClock {
  let at = Date.parse(start);
  return {
    now: () => at,
    moveTo(instant) {
      at = Date.parse(instant);
    },
  };
}

/**
 * The whole system inside the test's process, on embedded engines, or with `family: "any"` on those of the test run, with names of its own. An
 * engine may be lent (MONGO_URL) and live longer than the test run: its databases go with it, unless the story has chosen the prefix, to open
 * them again.
 */
export async function startStory(
  name: string,
  now: () => number,
  tenants: readonly string[],
  more: Partial<SystemOptions> = {},
): Promise<System> {
  const system = await startSystem({
    env: process.env,
    family: "embedded",
    dataDir: `.trunkline/stories/${name}-${process.pid}`,
    tenants,
    inProcess: { now },
    prefix: `${name}-${process.pid}-${Date.now()}.`,
    logLevel: process.env["STORY_LOG"] ?? "silent",
    ...more,
  });
  return more.prefix === undefined ? { ...system, [Symbol.asyncDispose]: () => forget(system) } : system;
}

/** Ends it and takes its data away. */
export async function forget({ family, environments, ...system }: System): Promise<void> {
  const { engines, settings } = family;
  await system[Symbol.asyncDispose]();
  if (!engines) return rmSync(settings.DATA_DIR, { recursive: true, force: true });
  await using mongo = await connectMongo(settings.MONGO_URL, "stories");
  for (const { MONGO_DATABASE: name } of Object.values(environments.env)) if (name) await mongo.connection.useDb(name).dropDatabase();
}

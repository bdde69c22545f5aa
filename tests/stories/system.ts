import { type System, type SystemOptions, startSystem } from "@trunkline/dev-env";
import { connectMongo } from "@trunkline/mongo";

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

/** The whole system inside the test's process, on the engines of the test run, with names of its own. */
export function startStory(
  name: string,
  now: () => number,
  tenants: readonly string[],
  more: Partial<SystemOptions> = {},
): Promise<System> {
  return startSystem({
    env: process.env,
    dataDir: `.trunkline/stories/${name}-${process.pid}`,
    tenants,
    inProcess: { now },
    prefix: `${name}-${process.pid}-${Date.now()}.`,
    logLevel: process.env["STORY_LOG"] ?? "silent",
    ...more,
  });
}

/** Ends it and takes its databases away: the engine may be lent (MONGO_URL), and live longer than the test run. */
export async function forget(system: System): Promise<void> {
  await system[Symbol.asyncDispose]();
  for (const { MONGO_DATABASE: name } of Object.values(system.environments.env)) {
    if (!name) continue;
    await using mongo = await connectMongo(system.engines.mongoUrl, name);
    await mongo.connection.dropDatabase();
  }
}

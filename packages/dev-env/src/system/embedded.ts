import { existsSync } from "node:fs";
import { join } from "node:path";
import { openEventLog } from "@trunkline/events";
import { holdFolder, waitingIn } from "@trunkline/mongo";
import { createLogger } from "@trunkline/runtime";
import type { Family, FamilyOptions } from "./family.ts";
import { CONSUMERS } from "./service-names.ts";

/** Readers of a topic side by side: one process has no more cores for them. */
const PARTITIONS = 6;

/** Everything in one folder of this process: its services' files and the log of events. Redis is left out: what it holds is remembered. */
export async function embeddedFamily({ env, dataDir, prefix }: Pick<FamilyOptions, "env" | "dataDir" | "prefix">): Promise<Family> {
  await using opening = new AsyncDisposableStack();
  const folder = join(dataDir, "data");
  const held = opening.use(holdFolder(folder));
  const synchronous = env["SYNCHRONOUS"] === "full" ? "full" : "normal";
  const log = createLogger("events", "warn");
  const file = join(folder, "events.db");
  const transport = opening.use(openEventLog({ file, synchronous, now: Date.now, log, prefix, mostPartitions: PARTITIONS }));
  const stack = opening.move();
  return {
    settings: { MONGO_URL: "", KAFKA_BROKERS: "", REDIS_URL: "", DATA_DIR: folder },
    transport,
    engines: undefined,
    waiting: async (services) => [
      ...services.flatMap((name) => {
        const own = join(folder, `${name}.db`);
        return existsSync(own) ? waitingIn(own).map((collection) => `${name}.${collection}`) : [];
      }),
      ...(await transport.backlog(services.filter((name) => CONSUMERS.includes(name)))),
    ],
    tell: held.tell,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

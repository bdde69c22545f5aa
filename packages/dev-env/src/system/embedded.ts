import { existsSync } from "node:fs";
import { join } from "node:path";
import { openEventLog, type Transport } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import { type HeldFolder, holdFolder, openFileDeadLetters, waitingIn } from "@trunkline/store";
import type { Family, FamilyOptions } from "./family.ts";
import { lookAt } from "./look.ts";
import { CONSUMERS } from "./service-names.ts";
import type { WholeSettings } from "./whole.ts";

/** Readers of a topic side by side: one process has no more cores for them. */
const PARTITIONS = 6;

/** Where the data lie, and how. */
export type Place = Pick<WholeSettings, "folder" | "prefix" | "synchronous">;
type Embedded = { readonly transport: Transport } & Pick<HeldFolder, "tell"> & AsyncDisposable;

/**
 * The folder, and the log of events in it, as this process' own.
 * @throws DomainError unavailable folder_in_use | event_log_unavailable
 */
export function openEmbedded({ folder, prefix, synchronous }: Place): Embedded {
  const held = holdFolder(folder);
  try {
    const [file, log] = [join(folder, "events.db"), createLogger("events", "warn")];
    const transport = openEventLog({ file, synchronous, now: Date.now, log, prefix, mostPartitions: PARTITIONS });
    return {
      transport,
      tell: held.tell,
      [Symbol.asyncDispose]: async () => {
        await transport[Symbol.asyncDispose]();
        held[Symbol.dispose]();
      },
    };
  } catch (error) {
    held[Symbol.dispose]();
    throw error;
  }
}

/** Everything in one folder: the services' files and the log of events. Redis is left out: what it holds is remembered. */
export async function embeddedFamily({ env, dataDir, prefix, inProcess }: FamilyOptions): Promise<Family> {
  const synchronous = env["SYNCHRONOUS"] === "full" ? "full" : "normal";
  const options = { folder: join(dataDir, "data"), prefix, synchronous } as const;
  const own = inProcess ? openEmbedded(options) : undefined;
  // Said before anything else is started: the other process holds it for as long as it runs.
  if (!own) holdFolder(options.folder)[Symbol.dispose]();
  const settings = { MONGO_URL: "", KAFKA_BROKERS: "", REDIS_URL: "", DATA_DIR: options.folder };
  return {
    settings,
    embedded: { ...options, transport: own?.transport },
    engines: undefined,
    connect: () => {
      if (!own) throw new Error("the event log is another process's: it can be looked at only");
      return { ...own.transport, [Symbol.asyncDispose]: async () => undefined };
    },
    look: () => lookAt(settings, prefix),
    deadLetters: async (service) => {
      const dead = openFileDeadLetters(join(options.folder, `${service}.db`), service, Date.now);
      return { ...dead, [Symbol.asyncDispose]: async () => dead[Symbol.dispose]() };
    },
    waiting: async (services) => {
      await using log = await lookAt(settings, prefix);
      const files = services.map((name) => [name, join(options.folder, `${name}.db`)] as const).filter(([, file]) => existsSync(file));
      return [
        ...files.flatMap(([name, file]) => waitingIn(file).map((collection) => `${name}.${collection}`)),
        ...(await log.backlog(services.filter((name) => CONSUMERS.includes(name)))),
      ];
    },
    [Symbol.asyncDispose]: async () => own?.[Symbol.asyncDispose](),
  };
}

import { existsSync } from "node:fs";
import { join } from "node:path";
import { openEventLog, type Transport } from "@trunkline/events";
import { createLogger } from "@trunkline/runtime";
import { type HeldFolder, holdFolder, openFileDeadLetters, waitingIn } from "@trunkline/store";
import type { Family, FamilyOptions } from "./family.ts";
import { CONSUMERS } from "./service-names.ts";

/** Readers of a topic side by side: one process has no more cores for them. */
const PARTITIONS = 6;

type EmbeddedOptions = { readonly folder: string; readonly prefix: string; readonly synchronous: "normal" | "full" };
export type Embedded = { readonly transport: Transport } & Pick<HeldFolder, "tell"> & AsyncDisposable;

const logIn = ({ folder, prefix, synchronous }: EmbeddedOptions): Transport =>
  openEventLog({
    file: join(folder, "events.db"),
    synchronous,
    now: Date.now,
    log: createLogger("events", "warn"),
    prefix,
    mostPartitions: PARTITIONS,
  });

/**
 * The folder, and the log of events in it, as this process' own.
 * @throws DomainError unavailable folder_in_use | event_log_unavailable
 */
export function openEmbedded(options: EmbeddedOptions): Embedded {
  const held = holdFolder(options.folder);
  try {
    const transport = logIn(options);
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

/**
 * Everything in one folder: the services' files and the log of events. Redis is left out: what it holds is remembered.
 * @param own whether the services are in this process, else in another one
 */
export async function embeddedFamily({ env, dataDir, prefix, inProcess }: FamilyOptions): Promise<Family> {
  const synchronous = env["SYNCHRONOUS"] === "full" ? "full" : "normal";
  const options = { folder: join(dataDir, "data"), prefix, synchronous } as const;
  const own = inProcess ? openEmbedded(options) : undefined;
  // Said before anything else is started: the other process holds it for as long as it runs.
  if (!own) holdFolder(options.folder)[Symbol.dispose]();
  const connect = (): Transport => (own ? { ...own.transport, [Symbol.asyncDispose]: async () => undefined } : logIn(options));
  return {
    settings: { MONGO_URL: "", KAFKA_BROKERS: "", REDIS_URL: "", DATA_DIR: options.folder },
    embedded: { ...options, transport: own?.transport },
    engines: undefined,
    connect,
    deadLetters: async (service) => openFileDeadLetters(join(options.folder, `${service}.db`), service, Date.now),
    waiting: async (services) => {
      await using transport = connect();
      const files = services.map((name) => [name, join(options.folder, `${name}.db`)] as const).filter(([, file]) => existsSync(file));
      return [
        ...files.flatMap(([name, file]) => waitingIn(file).map((collection) => `${name}.${collection}`)),
        ...(await transport.backlog(services.filter((name) => CONSUMERS.includes(name)))),
      ];
    },
    [Symbol.asyncDispose]: async () => own?.[Symbol.asyncDispose](),
  };
}

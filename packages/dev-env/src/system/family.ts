import type { DeadLetters, Transport } from "@trunkline/events";
import type { Engines } from "../engines/index.ts";
import { embeddedFamily, type Place } from "./embedded.ts";
import type { Look } from "./look.ts";
import type { ServiceName } from "./service-names.ts";

/** The engines under a system, of either family. */
export type Family = {
  /** Settings by which the services find them. */
  readonly settings: Readonly<Record<"MONGO_URL" | "KAFKA_BROKERS" | "REDIS_URL" | "DATA_DIR", string>>;
  /** Undefined where they are embedded. */
  readonly engines: Engines | undefined;
  /** Undefined where they are not embedded; the transport where the services are in this process. */
  readonly embedded: (Place & { readonly transport: Transport | undefined }) | undefined;
  /** The events of the system. @throws Error where they are embedded in another process */
  connect(): Transport;
  /** To read them, wherever they are. */
  look(): Promise<Look>;
  /** What a service could not handle. @param database as the service names it */
  deadLetters(service: ServiceName, database: string): Promise<DeadLetters & AsyncDisposable>;
  /** What is on its way, in words; databases as the services name them. */
  waiting(services: readonly ServiceName[], databases: readonly string[]): Promise<string[]>;
} & AsyncDisposable;

/**
 * embedded: one process and a folder, nothing else. local, docker: Kafka, MongoDB and Redis as processes of this machine, or as containers.
 * any: those that the environment names, else containers, else processes.
 */
export const FAMILIES = ["embedded", "local", "docker", "any"] as const;
export type FamilyName = (typeof FAMILIES)[number];

export type FamilyOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  /** Default: any where the environment names one of the engines, else embedded. */
  readonly family?: FamilyName | undefined;
  readonly prefix: string;
  readonly mongoBackend: "memory" | "file";
  /** The services are going to be in this process. */
  readonly inProcess: boolean;
  readonly onProgress: (line: string) => void;
};

export async function openFamily(options: FamilyOptions): Promise<Family> {
  const { env } = options;
  const named = ["MONGO_URL", "KAFKA_BROKERS", "REDIS_URL"].some((name) => env[name]);
  const family = options.family ?? (named ? "any" : "embedded");
  if (family === "embedded") return embeddedFamily(options);
  const { distributedFamily } = await import("./distributed.ts");
  return distributedFamily({ ...options, family });
}

import { secret } from "@trunkline/config";
import { z } from "zod";

const json = (what: string) =>
  z.string().transform((text, issue): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      issue.addIssue(`is not the JSON of ${what}`);
      return z.NEVER;
    }
  });

/** The image sets 0.0.0.0: a pod has an address of its own, and policies in front of it. */
export const host = (what: string) => z.string().min(1).default("127.0.0.1").describe(`address at which ${what} can be reached`);

const kafkaSecurity = z.strictObject({
  tls: z.boolean().optional(),
  ca: z.string().min(1).optional(),
  sasl: z
    .strictObject({
      mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]),
      username: z.string().min(1),
      password: z.string().min(1),
    })
    .optional(),
});

/**
 * Topics keep events for 30 days, but in files of up to a week: what is removed sooner could be made anew by an event that is read again.
 */
const LEAST_DAYS = 40;

/** For how long ended records of a kind are kept. */
export const keepDays = (what: string) =>
  z.coerce
    .number()
    .int()
    .max(36_500)
    .default(0)
    .refine(
      (days) => days === 0 || days >= LEAST_DAYS,
      `is 0 (for ever) or at least ${LEAST_DAYS} days: consumers may read the events of the last weeks again`,
    )
    .describe(`days for which ${what} are kept when they are over; 0: for ever; at least ${LEAST_DAYS}`);

/** The settings that every service with data has; a service spreads them into its own schema. */
export const platformConfig = {
  mongoUrl: secret(z.string().default("")).describe("MongoDB address; empty: the data are in DATA_DIR"),
  mongoDatabase: z.string().default("").describe("database; the service's own name when empty"),
  dataDir: z
    .string()
    .default("")
    .describe("folder of the embedded engines, where all services are one process; `:memory:` keeps nothing: benches and tests only"),
  synchronous: z
    .enum(["normal", "full"])
    .default("normal")
    .describe(
      "of the embedded engines, when power fails: `normal` may lose the last moments, `full` nothing, for a wait on the disk at each write",
    ),
  kafkaBrokers: z
    .string()
    .default("")
    .describe("comma list of host:port; empty: the event log in DATA_DIR, which one process has for all services"),
  kafkaSecurity: secret(z.string().default("{}").pipe(json("TLS and credentials")).pipe(kafkaSecurity)).describe(
    'TLS and credentials of the brokers: {"tls":true,"ca":"<file>","sasl":{"mechanism":"scram-sha-512","username":"...","password":"..."}}',
  ),
  topicPrefix: z.string().default("").describe("put before topics and groups, to share one broker"),
  topicPartitions: z.coerce
    .number()
    .int()
    .min(1)
    .default(48)
    .describe("the most partitions that a topic is created with; for life, so choose before the first start"),
  rpcHost: host("the gRPC server"),
  rpcPort: z.coerce.number().int().min(0).max(65535).default(0).describe("gRPC port; 0 takes a free one"),
  rpcTlsDir: z
    .string()
    .default("")
    .describe(
      "folder with ca.crt, tls.crt (for the name trunkline) and tls.key for gRPC, shown and asked for on both sides; empty: no TLS (a mesh, or one machine)",
    ),
  rpcReflection: z.stringbool().default(false).describe("lets grpcurl and its like ask what is served, without a token"),
  healthHost: host("/healthz, /readyz and /metrics"),
  healthPort: z.coerce.number().int().min(0).max(65535).default(0).describe("port of /healthz, /readyz and /metrics"),
  serviceKey: secret(json("the service's private Ed25519 JWK")).describe("private key with which the service signs its own tokens"),
  trustedKeys: json("a JWK set").describe("public keys of workforce and of every service, key id = issuer"),
  workforceAddress: z.string().min(1).describe("gRPC address of workforce, asked every two seconds whose sessions have ended"),
  auditDays: z.coerce.number().int().min(0).max(36_500).default(400).describe("days for which audit rows are kept; 0: for ever"),
  archiveDir: z
    .string()
    .default("")
    .describe("folder in which records are kept as gzipped JSON lines before they are removed as old; empty: removed without"),
  logLevel: z.enum(["silent", "error", "warn", "info", "debug"]).default("info").describe("least level that is logged"),
  failpoints: z.string().default("").describe("drills only: places where the process crashes or drops a safeguard"),
} as const;

const shape = z.object(platformConfig);
export type PlatformConfig = Readonly<z.output<typeof shape>>;

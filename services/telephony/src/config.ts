import { loadConfig, secret } from "@trunkline/config";
import { CALL_ACTIONS, type CallAction } from "@trunkline/desktop-client/protocol";
import { host, keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";
import { keyOf } from "./connectors/webhook/signature.ts";
import { sameExchange } from "./same-exchange.ts";

const common = { id: z.string().min(1).max(64), tenant: z.string().min(1).max(64), secret: z.string() };
const user = z.string().min(1);
const port = z.number().int().min(1).max(65535);
/** The exchange distributes to its queues' members. */
const ami = z.strictObject({
  ...common,
  user,
  kind: z.literal("ami").default("ami"),
  host: z.string().min(1),
  port,
  /** Where the dial plan finds agents' extensions; without it calls are transferred at the telephone. */
  transferContext: z
    .string()
    .regex(/^[\w-]{1,79}$/)
    .optional(),
  /** What leads to a queue there, "queue-{queue}"; without it no call is transferred to one. */
  queueExtension: z
    .string()
    .regex(/^[\w*#.-]{0,20}\{queue\}[\w*#.-]{0,20}$/)
    .optional(),
});
/** Of connections on which calls can be made. */
const line = {
  /** How a number outside is dialled; without it nobody calls out here. */
  dialOut: z.string().includes("{number}").max(100).optional(),
  /** What the customer sees. */
  callerNumber: z
    .string()
    .regex(/^[+\d]{0,20}$/)
    .default(""),
  /** Beginnings of the numbers that may be called, E.164. */
  dialAllow: z
    .array(z.string().regex(/^\+\d{1,14}$/))
    .max(100)
    .default(["+86"]),
  dialPerMinute: z.number().int().min(1).max(100_000).default(60),
  dialPerDay: z.number().int().min(1).max(10_000_000).default(5_000),
  /** In which the day of `dialPerDay` begins. */
  timeZone: z
    .string()
    .refine((zone) => Intl.supportedValuesOf("timeZone").includes(zone) || zone === "UTC", "is no time zone: write it as Asia/Shanghai")
    .default("Asia/Shanghai"),
};
/** How an agent's phone is dialled. */
const endpoint = z.string().includes("{extension}").max(100);
/** Callers wait in our Stasis application. */
const ari = z.strictObject({
  ...common,
  ...line,
  user,
  kind: z.literal("ari"),
  endpoint,
  url: z.url({ protocol: /^https?$/ }),
  app: z.string().regex(/^[0-9A-Za-z_-]{1,40}$/),
});
/** A FreeSWITCH's dial plan parks callers for us. */
const esl = z.strictObject({
  ...common,
  ...line,
  kind: z.literal("esl"),
  endpoint,
  host: z.string().min(1),
  port: port.default(8021),
  /** A folder on the FreeSWITCH, "/var/lib/freeswitch/recordings"; without it nothing is recorded there. */
  recordings: z
    .string()
    .regex(/^\/[\w./-]{1,200}$/)
    .optional(),
});
/** Any vendor's: signed requests both ways. */
const webhook = z.strictObject({
  id: common.id,
  tenant: common.tenant,
  ...line,
  kind: z.literal("webhook"),
  /** Where orders go. */
  url: z.url({ protocol: /^https?$/ }),
  /** Each whsec_ and base64; the first signs our orders. Two while they are changed. */
  secrets: z
    .array(z.string().refine((secret) => isKey(secret), "whsec_ and base64 of at least 24 bytes"))
    .min(1)
    .max(3),
  /** We choose the agents; false: the vendor does, and only tells. */
  routed: z.boolean().default(true),
});
const connector = z.union([ami, ari, esl, webhook]);
export type ConnectorConfig = z.output<typeof connector>;
export type DiallingConfig = Exclude<ConnectorConfig, { kind: "ami" }>;

/** Calls can be made there, and told to do all that a call can do. */
export const canDial = (connector: ConnectorConfig): connector is DiallingConfig => connector.kind !== "ami";
/** What an agent can have done with a call there. */
export function actionsOn(connectors: readonly ConnectorConfig[], connectorId: string): readonly CallAction[] {
  const connector = connectors.find(({ id }) => id === connectorId);
  if (connector === undefined) return [];
  // A vendor's exchange is told nothing of queues.
  if (canDial(connector)) return CALL_ACTIONS.filter((action) => action !== "transfer_to_queue" || connector.kind !== "webhook");
  const { transferContext, queueExtension } = connector;
  if (transferContext === undefined) return ["decline", "hang_up"];
  return ["decline", "hang_up", "transfer", ...(queueExtension === undefined ? [] : (["transfer_to_queue"] as const))];
}
/** We choose the agents there; on the others the exchange does. */
export const isRouted = (connector: ConnectorConfig): boolean => canDial(connector) && (connector.kind !== "webhook" || connector.routed);

export const configSchema = z.object({
  ...platformConfig,
  connectors: secret(
    z
      .string()
      .default("[]")
      .transform((text, issue) => {
        const parsed = z.array(connector).safeParse(safeJson(text));
        if (parsed.success) {
          const twice = sameExchange(parsed.data);
          if (twice === undefined) return parsed.data;
          issue.addIssue(twice);
          return z.NEVER;
        }
        issue.addIssue(
          'is a JSON list of {"id","tenant","host","port","user","secret"}, one for each Asterisk Manager login, of {"kind":"ari","id","tenant","url","user","secret","app","endpoint"}, of {"kind":"esl","id","tenant","host","port","secret","endpoint"}, and of {"kind":"webhook","id","tenant","url","secrets"}',
        );
        return z.NEVER;
      }),
  ).describe(
    "connections to exchanges, JSON: Asterisk Manager (the exchange distributes), ARI and FreeSWITCH's event socket (we do), signed webhooks (either)",
  ),
  redisUrl: secret(z.string().default("")).describe("Redis for desktop mailboxes; without it desktops get snapshots once a second"),
  customerAddress: z.string().min(1).describe("gRPC address of customer"),
  marketingAddress: z.string().min(1).describe("gRPC address of marketing, which says who may be called"),
  identifyDeadlineMs: z.coerce.number().int().min(10).default(250).describe("a pop waits this long for who is calling"),
  wrapUpLimitMs: z.coerce.number().int().min(1000).default(60_000).describe("after-call work ends by itself after this"),
  numberHashKey: secret(z.string().min(16)).describe(
    "key of the hash by which events name a caller's number; the same at all instances, for it also shuts what waits for desktops in Redis",
  ),
  callDays: keepDays("calls"),
  instanceAddress: z
    .string()
    .default("")
    .describe("host:port at which other instances reach this one's gRPC; by default this machine's name and rpcPort"),
  desktopHost: host("the WebSocket of agent desktops"),
  desktopPort: z.coerce.number().int().min(0).max(65535).default(0).describe("WebSocket port of agent desktops"),
  desktopOrigins: z.string().default("").describe("comma list of page origins that may open a desktop socket; others must send no Origin"),
});
export const telephonyConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type TelephonyConfig = ReturnType<typeof telephonyConfig>;

function isKey(secret: string): boolean {
  try {
    return keyOf(secret).length > 0;
  } catch {
    return false;
  }
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { CALL_ACTIONS, type CallAction } from "@trunkline/desktop-client/protocol";
import { z } from "zod";
import { webhookKey } from "./webhook-key.ts";

/** One connection to an exchange, as the settings say it. */

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
export const connector = z.union([ami, ari, esl, webhook]);
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

function isKey(secret: string): boolean {
  try {
    return webhookKey(secret).length > 0;
  } catch {
    return false;
  }
}

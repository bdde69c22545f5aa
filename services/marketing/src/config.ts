import { loadConfig, secret } from "@trunkline/config";
import { keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";
import type { ContactPolicy } from "./domain/contact-policy.ts";

const DAY_MS = 86_400_000;
const quietHours = z.string().regex(/^(none|([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d)$/, "is HH:MM-HH:MM or none");
const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const address = (protocols: string) =>
  z.string().regex(new RegExp(`^$|^(${protocols})://[^\\s]+$`), `is ${protocols.replace("|", " or ")}://user:password@host:port`);

const tenantPolicy = z.strictObject({
  quietHours: quietHours.optional(),
  timeZone: z.string().optional(),
  marketingPerWeek: z.number().int().min(0).max(40).optional(),
  surveyRestMs: z.number().int().min(0).optional(),
  consentFor: z.array(z.enum(["marketing", "survey", "service"])).optional(),
});
type TenantPolicy = z.output<typeof tenantPolicy>;

export const configSchema = z.object({
  ...platformConfig,
  customerAddress: z.string().min(1).describe("gRPC address of customer"),
  smppUrl: secret(address("smpp|smpps").default("")).describe("SMS centre, smpp://user:password@host:port; empty: SMS stay queued"),
  smppVersion: z.enum(["3.3", "3.4", "5.0"]).default("3.4").describe("SMPP version named at the bind"),
  smppWindow: count(1, 200).default(10).describe("submits to the SMS centre without an answer at once; bounds what a crash may double"),
  smsSender: z.string().max(20).default("10690000").describe("number that recipients of SMS see"),
  smsPerSecond: count(0, 100_000).default(0).describe("SMS a second from this instance; 0: no limit"),
  smtpUrl: secret(address("smtp|smtps").default("")).describe("mail server, smtp://user:password@host:port; empty: e-mails stay queued"),
  mailFrom: z.string().default("service@localhost").describe("sender of e-mails"),
  mailConnections: count(1, 50).default(5).describe("SMTP connections; bounds what a crash may double"),
  mailPerSecond: count(0, 100_000).default(0).describe("e-mails a second from this instance; 0: no limit"),
  publicUrl: z.url().describe("address of the public pages; unsubscribe links lead to /unsubscribe/<token> under it"),
  linkSecret: secret(z.string().min(16)).describe("signs unsubscribe links and keys the hash of addresses; a new one voids both"),
  optOutKeywords: z.string().default("TD,T,退订,STOP").describe("comma list: a reply that is one of these ends marketing and survey SMS"),
  quietHours: quietHours.default("21:00-08:00").describe("no marketing and no surveys then, in the recipient's zone; none: always"),
  timeZone: z.string().default("Asia/Shanghai").describe("zone of recipients whose own is unknown"),
  marketingPerWeek: count(0, 40).default(4).describe("marketing contacts to one person in seven days, over all campaigns and channels"),
  surveyRestMs: count(0, 400 * DAY_MS)
    .default(7 * DAY_MS)
    .describe("from one survey sent to a person to the next"),
  tenantPolicies: z
    .string()
    .default("{}")
    .refine((text) => parsePolicies(text) !== undefined, "is JSON of policies by tenant")
    .describe('policy of single tenants, JSON: {"<tenant>":{"quietHours","timeZone","marketingPerWeek","surveyRestMs","consentFor"}}'),
  messageValidityMs: count(60_000, 30 * DAY_MS)
    .default(3 * DAY_MS)
    .describe("a message that has not gone out by then expires"),
  sendAttempts: count(1, 20)
    .default(5)
    .describe("attempts of one message whose outcome may stay unknown; what is only refused for now is tried while the message is valid"),
  sendRetryMs: count(100, DAY_MS).default(30_000).describe("before the second attempt; doubles, up to half an hour"),
  messageDays: keepDays("messages and batches"),
  sendLeaseMs: count(25_000, DAY_MS).default(30_000).describe("an attempt without a known outcome is in doubt after this"),
});
export const marketingConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type MarketingConfig = ReturnType<typeof marketingConfig>;

function parsePolicies(text: string): Readonly<Record<string, TenantPolicy>> | undefined {
  return z.record(z.string(), tenantPolicy).safeParse(safeJson(text)).data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type PolicySettings = Pick<MarketingConfig, "quietHours" | "timeZone" | "marketingPerWeek" | "surveyRestMs" | "tenantPolicies">;

/** A tenant's rules: what it has of its own, else what all have. */
export function policies(config: PolicySettings): (tenant: string) => ContactPolicy {
  const made = new Map<string, ContactPolicy>();
  const make = (own: TenantPolicy | undefined): ContactPolicy => ({
    consentFor: own?.consentFor ?? ["marketing"],
    quietHours: windowOf(own?.quietHours ?? config.quietHours),
    marketingCap: { max: own?.marketingPerWeek ?? config.marketingPerWeek, windowMs: 7 * DAY_MS },
    surveyRestMs: own?.surveyRestMs ?? config.surveyRestMs,
    timeZone: own?.timeZone ?? config.timeZone,
  });
  for (const [tenant, own] of Object.entries(parsePolicies(config.tenantPolicies) ?? {})) made.set(tenant, make(own));
  const common = make(undefined);
  return (tenant) => made.get(tenant) ?? common;
}

function windowOf(text: string): ContactPolicy["quietHours"] {
  const [from, to] = text.split("-");
  return from !== undefined && to !== undefined && from !== to ? { from, to } : undefined;
}

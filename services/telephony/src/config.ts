import { loadConfig, secret } from "@trunkline/config";
import { host, keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";
import { connector } from "./connector-config.ts";
import { sameExchange } from "./same-exchange.ts";

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

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

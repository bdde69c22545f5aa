import { fileURLToPath } from "node:url";
import { loadConfig } from "@trunkline/config";
import { host, platformConfig } from "@trunkline/service";
import { z } from "zod";

const { serviceKey, logLevel, healthHost, healthPort, rpcTlsDir } = platformConfig;
const address = (service: string) => z.string().min(1).describe(`gRPC address of ${service}`);

export const configSchema = z.object({
  serviceKey,
  logLevel,
  rpcTlsDir,
  healthHost,
  healthPort,
  httpHost: host("the JSON API and the public pages"),
  httpPort: z.coerce.number().int().min(0).max(65535).default(8080).describe("port of the JSON API and the public pages"),
  customerAddress: address("customer"),
  workforceAddress: address("workforce"),
  serviceDeskAddress: address("service-desk"),
  telephonyAddress: address("telephony"),
  marketingAddress: address("marketing"),
  analyticsAddress: address("analytics"),
  deadlineMs: z.coerce.number().int().min(100).max(60_000).default(10_000).describe("a request is answered within this"),
  desktopUrl: z
    .union([z.literal(""), z.url({ protocol: /^wss?$/ })])
    .default("")
    .describe(
      "ws:// or wss:// address of the desktop socket (telephony's DESKTOP_PORT) as browsers reach it; empty: the console shows no calls",
    ),
  consoleDir: z
    .string()
    .min(1)
    .default(() => fileURLToPath(new URL("../../../apps/console/dist/", import.meta.url)))
    .describe("folder of the built console"),
  trustProxy: z
    .string()
    .default("")
    .transform((text) => (text === "" ? false : /^\d+$/.test(text) ? Number(text) : text.split(",").map((each) => each.trim())))
    .describe(
      "whose X-Forwarded-For says from where a client calls: how many proxies stand in front, or a comma list of their addresses; empty: nobody's",
    ),
  maxBodyBytes: z.coerce.number().int().min(1_024).default(1_048_576).describe("larger bodies are refused"),
});
export const gatewayConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type GatewayConfig = ReturnType<typeof gatewayConfig>;

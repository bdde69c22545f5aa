import { loadConfig } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

const { serviceKey, logLevel, healthPort } = platformConfig;
const address = (service: string) => z.string().min(1).describe(`gRPC address of ${service}`);

export const configSchema = z.object({
  serviceKey,
  logLevel,
  healthPort,
  httpPort: z.coerce.number().int().min(0).max(65535).default(8080).describe("port of the JSON API and the public pages"),
  customerAddress: address("customer"),
  workforceAddress: address("workforce"),
  serviceDeskAddress: address("service-desk"),
  telephonyAddress: address("telephony"),
  marketingAddress: address("marketing"),
  analyticsAddress: address("analytics"),
  deadlineMs: z.coerce.number().int().min(100).max(60_000).default(10_000).describe("a request is answered within this"),
  maxBodyBytes: z.coerce.number().int().min(1_024).default(1_048_576).describe("larger bodies are refused"),
});
export const gatewayConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type GatewayConfig = ReturnType<typeof gatewayConfig>;

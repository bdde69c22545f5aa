import { loadConfig } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

export const configSchema = z.object(platformConfig);
export const customerConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type CustomerConfig = ReturnType<typeof customerConfig>;

import { loadConfig } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

export const configSchema = z.object(platformConfig);
export const workforceConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type WorkforceConfig = ReturnType<typeof workforceConfig>;

import { loadConfig } from "@trunkline/config";
import { platformConfig } from "@trunkline/service";
import { z } from "zod";

export const configSchema = z.object(platformConfig);
export const analyticsConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type AnalyticsConfig = ReturnType<typeof analyticsConfig>;

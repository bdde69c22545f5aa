import { loadConfig } from "@trunkline/config";
import { keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";

export const configSchema = z.object({ ...platformConfig, factDays: keepDays("facts, by which figures are drilled down,") });
export const analyticsConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type AnalyticsConfig = ReturnType<typeof analyticsConfig>;

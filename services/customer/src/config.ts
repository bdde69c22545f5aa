import { loadConfig } from "@trunkline/config";
import { keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";

export const configSchema = z.object({ ...platformConfig, contactDays: keepDays("rows of the contact trail") });
export const customerConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type CustomerConfig = ReturnType<typeof customerConfig>;

import { loadConfig, secret } from "@trunkline/config";
import { keepDays, platformConfig } from "@trunkline/service";
import { z } from "zod";

/** What only this service has to be told. */
export const ownSettings = {
  customerAddress: z.string().min(1).describe("gRPC address of customer, asked whether a request's customer is there"),
  telephonyAddress: z.string().min(1).describe("gRPC address of telephony, asked for the number of a missed call"),
  marketingAddress: z.string().min(1).describe("gRPC address of marketing, which sends the survey links"),
  redisUrl: secret(z.string().default("")).describe(
    "Redis for timer hints between instances; empty: none, a timer then waits for the next scan (1 s)",
  ),
  surveySecret: secret(z.string().min(32)).describe("signs the survey links; a new one voids the links that are out"),
  surveyLinkBase: z.url().describe("what stands before the token in a survey link, such as https://example.com/survey/"),
  surveyLanguage: z
    .enum(["zh-CN", "en"])
    .default("zh-CN")
    .describe("language of the survey page and of the complaints that low scores open"),
  requestDays: keepDays("requests"),
  workOrderDays: keepDays("work orders and their signatures"),
  surveyDays: keepDays("surveys"),
  callbackTaskDays: keepDays("callback tasks"),
};
export const configSchema = z.object({ ...platformConfig, ...ownSettings });
export const serviceDeskConfig = (env: NodeJS.ProcessEnv) => loadConfig(configSchema, env);
export type ServiceDeskConfig = ReturnType<typeof serviceDeskConfig>;

import { runService } from "@trunkline/service";
import { analyticsConfig } from "./config.ts";
import { startAnalytics } from "./service.ts";

await runService("analytics", process.env, analyticsConfig, startAnalytics);

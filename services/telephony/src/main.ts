import { runService } from "@trunkline/service";
import { telephonyConfig } from "./config.ts";
import { startTelephony } from "./service.ts";

await runService("telephony", process.env, telephonyConfig, startTelephony);

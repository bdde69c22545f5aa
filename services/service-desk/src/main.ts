import { runService } from "@trunkline/service";
import { serviceDeskConfig } from "./config.ts";
import { startServiceDesk } from "./service.ts";

await runService("service-desk", process.env, serviceDeskConfig, startServiceDesk);

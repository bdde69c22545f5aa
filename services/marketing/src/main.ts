import { runService } from "@trunkline/service";
import { marketingConfig } from "./config.ts";
import { startMarketing } from "./service.ts";

await runService("marketing", process.env, marketingConfig, startMarketing);

import { runService } from "@trunkline/service";
import { workforceConfig } from "./config.ts";
import { startWorkforce } from "./service.ts";

await runService("workforce", process.env, workforceConfig, startWorkforce);

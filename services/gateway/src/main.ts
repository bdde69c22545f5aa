import { runService } from "@trunkline/service";
import { gatewayConfig } from "./config.ts";
import { startGateway } from "./service.ts";

await runService("gateway", process.env, gatewayConfig, startGateway);

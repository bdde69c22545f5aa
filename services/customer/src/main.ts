import { runService } from "@trunkline/service";
import { customerConfig } from "./config.ts";
import { startCustomer } from "./service.ts";

await runService("customer", process.env, customerConfig, startCustomer);

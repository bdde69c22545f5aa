import { startAnalytics } from "@trunkline/analytics-service";
import { analyticsConfig } from "@trunkline/analytics-service/config";
import { startCustomer } from "@trunkline/customer-service";
import { customerConfig } from "@trunkline/customer-service/config";
import { startGateway } from "@trunkline/gateway-service";
import { gatewayConfig } from "@trunkline/gateway-service/config";
import { startMarketing } from "@trunkline/marketing-service";
import { marketingConfig } from "@trunkline/marketing-service/config";
import type { PlatformOverrides } from "@trunkline/service";
import { startServiceDesk } from "@trunkline/service-desk-service";
import { serviceDeskConfig } from "@trunkline/service-desk-service/config";
import { startTelephony } from "@trunkline/telephony-service";
import { telephonyConfig } from "@trunkline/telephony-service/config";
import { startWorkforce } from "@trunkline/workforce-service";
import { workforceConfig } from "@trunkline/workforce-service/config";
import type { ServiceName } from "./service-names.ts";

type Env = Readonly<Record<string, string>>;

/** Starts a service inside this process. */
export const START_HERE: Readonly<Record<ServiceName, (env: Env, overrides: PlatformOverrides) => Promise<AsyncDisposable>>> = {
  analytics: (env, overrides) => startAnalytics(analyticsConfig(env), overrides),
  customer: (env, overrides) => startCustomer(customerConfig(env), overrides),
  gateway: (env, overrides) => startGateway(gatewayConfig(env), overrides),
  marketing: (env, overrides) => startMarketing(marketingConfig(env), overrides),
  "service-desk": (env, overrides) => startServiceDesk(serviceDeskConfig(env), overrides),
  telephony: (env, overrides) => startTelephony(telephonyConfig(env), overrides),
  workforce: (env, overrides) => startWorkforce(workforceConfig(env), overrides),
};

import { startAnalytics } from "@trunkline/analytics-service";
import { analyticsConfig } from "@trunkline/analytics-service/config";
import { startCustomer } from "@trunkline/customer-service";
import { customerConfig } from "@trunkline/customer-service/config";
import { startGateway } from "@trunkline/gateway-service";
import { gatewayConfig } from "@trunkline/gateway-service/config";
import { startMarketing } from "@trunkline/marketing-service";
import { marketingConfig } from "@trunkline/marketing-service/config";
import type { Clock } from "@trunkline/runtime";
import { startServiceDesk } from "@trunkline/service-desk-service";
import { serviceDeskConfig } from "@trunkline/service-desk-service/config";
import { startTelephony } from "@trunkline/telephony-service";
import { telephonyConfig } from "@trunkline/telephony-service/config";
import { startWorkforce } from "@trunkline/workforce-service";
import { workforceConfig } from "@trunkline/workforce-service/config";
import type { ServiceName } from "./service-names.ts";

type Env = Readonly<Record<string, string>>;

/** Starts a service inside this process, on an injected clock. */
export const START_HERE: Readonly<Record<ServiceName, (env: Env, now: Clock) => Promise<AsyncDisposable>>> = {
  analytics: (env, now) => startAnalytics(analyticsConfig(env), { now }),
  customer: (env, now) => startCustomer(customerConfig(env), { now }),
  gateway: (env, now) => startGateway(gatewayConfig(env), { now }),
  marketing: (env, now) => startMarketing(marketingConfig(env), { now }),
  "service-desk": (env, now) => startServiceDesk(serviceDeskConfig(env), { now }),
  telephony: (env, now) => startTelephony(telephonyConfig(env), { now }),
  workforce: (env, now) => startWorkforce(workforceConfig(env), { now }),
};

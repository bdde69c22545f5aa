import type { Topic } from "@trunkline/events";
import { createLogger, systemClock } from "@trunkline/runtime";
import type { StoreBackend } from "@trunkline/store";
import { openBucketStore } from "../../services/analytics/src/stores/bucket-store.ts";
import { openFactStore } from "../../services/analytics/src/stores/fact-store.ts";
import { assetTopic } from "../../services/customer/src/stores/asset-store.ts";
import { customerTopic } from "../../services/customer/src/stores/customer-store.ts";
import { openStores as openCustomerStores, recordTopic } from "../../services/customer/src/stores/open-stores.ts";
import { batchTopic } from "../../services/marketing/src/stores/batch-store.ts";
import { contactPermissionTopic } from "../../services/marketing/src/stores/contact-permission-store.ts";
import { messageTopic } from "../../services/marketing/src/stores/message-store.ts";
import { openStores as openMarketingStores } from "../../services/marketing/src/stores/open-stores.ts";
import { callbackTaskTopic } from "../../services/service-desk/src/stores/callback-task-store.ts";
import { openStores as openServiceDeskStores } from "../../services/service-desk/src/stores/open-stores.ts";
import { requestTopic } from "../../services/service-desk/src/stores/request-store.ts";
import { surveyTopic } from "../../services/service-desk/src/stores/survey-store.ts";
import { workOrderTopic } from "../../services/service-desk/src/stores/work-order-store.ts";
import { agentSessionTopic } from "../../services/telephony/src/stores/agent-session-store.ts";
import { callTopic } from "../../services/telephony/src/stores/call-store.ts";
import { openStores as openTelephonyStores } from "../../services/telephony/src/stores/open-stores.ts";
import { calendarTopic, openCalendarStore } from "../../services/workforce/src/stores/calendar-store.ts";
import { employeeTopic, openEmployeeStore } from "../../services/workforce/src/stores/employee-store.ts";
import { openLeavingAdmins } from "../../services/workforce/src/stores/leaving-admins.ts";
import { openLogInTries } from "../../services/workforce/src/stores/log-in-tries.ts";

const silent = createLogger("prepare", "silent");

/** For stores that keep a copy in memory up to date: only their indexes are wanted here. */
async function briefly(open: (stack: AsyncDisposableStack) => Promise<unknown>): Promise<void> {
  await using stack = new AsyncDisposableStack();
  await open(stack);
}

type Open = (backend: StoreBackend) => Promise<unknown>;

/** What a service owns: the topics that it writes, and its stores, which create their indexes when they are opened. */
export type ServiceData = { readonly topics: readonly Topic[]; readonly stores: readonly Open[] };

/** Every service that keeps data; the gateway keeps none. */
export const dataOfServices: Readonly<Record<string, ServiceData>> = {
  analytics: { topics: [], stores: [openFactStore, openBucketStore] },
  customer: { topics: [customerTopic, assetTopic, recordTopic], stores: [(backend) => openCustomerStores(backend)] },
  marketing: { topics: [messageTopic, batchTopic, contactPermissionTopic], stores: [(backend) => openMarketingStores(backend)] },
  "service-desk": {
    topics: [requestTopic, workOrderTopic, surveyTopic, callbackTaskTopic],
    stores: [(backend) => openServiceDeskStores(backend, () => undefined, 0)],
  },
  telephony: {
    topics: [callTopic, agentSessionTopic],
    stores: [(backend) => briefly((stack) => openTelephonyStores({ backend, now: systemClock, log: silent, wrapUpLimitMs: 0 }, stack))],
  },
  workforce: {
    topics: [employeeTopic, calendarTopic],
    stores: [
      openCalendarStore,
      (backend) => openLogInTries(backend, systemClock),
      async (backend) => openLeavingAdmins(backend, await openEmployeeStore(backend), systemClock),
    ],
  },
};

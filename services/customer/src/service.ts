import { viewerOf } from "@trunkline/auth";
import { unless } from "@trunkline/errors";
import { AssetService, CustomerService, SegmentService } from "@trunkline/proto/customer";
import { type LinkTarget, openRecords, serveRecords } from "@trunkline/records";
import { type Implementation, implement } from "@trunkline/rpc";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { openLease } from "@trunkline/store";
import { createTimers, noHints } from "@trunkline/timers";
import type { CustomerConfig } from "./config.ts";
import { onAssetEvent } from "./consumers/on-asset-event.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import { onRequestEvent } from "./consumers/on-request-event.ts";
import { onSurveyEvent } from "./consumers/on-survey-event.ts";
import { onWorkOrderEvent } from "./consumers/on-work-order-event.ts";
import type { Context } from "./context.ts";
import { changeAsset } from "./rpc/change-asset.ts";
import { changeCustomer } from "./rpc/change-customer.ts";
import { createAsset } from "./rpc/create-asset.ts";
import { createCustomer } from "./rpc/create-customer.ts";
import { createSegment } from "./rpc/create-segment.ts";
import { findDuplicates } from "./rpc/find-duplicates.ts";
import { getCustomer } from "./rpc/get-customer.ts";
import { identifyCaller } from "./rpc/identify-caller.ts";
import { listAssets } from "./rpc/list-assets.ts";
import { listContacts } from "./rpc/list-contacts.ts";
import { listSegmentMembers } from "./rpc/list-segment-members.ts";
import { searchCustomers } from "./rpc/search-customers.ts";
import { assetTopic } from "./stores/asset-store.ts";
import { customerTopic } from "./stores/customer-store.ts";
import { openStores, recordTopic } from "./stores/open-stores.ts";
import { timerSources } from "./timers.ts";

/** What is in the bin is gone after so many days. */
const BIN_DAYS = 30;

export function startCustomer(config: CustomerConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("customer", [customerTopic, assetTopic, recordTopic], config, overrides, async (platform) => {
    const { backend, instance, now, log, stack } = platform;
    const context: Context = { ...(await openStores(backend)), now };
    platform.keep(context.trail, config.contactDays);
    const { employees, recordStores } = context;
    const records = stack.use(await openRecords(recordStores, { targets: targetsOf(context), now, log, service: "customer" }));
    for (const one of [...records.kinds.map(({ store }) => store), records.history]) platform.keep(one, BIN_DAYS);
    await platform.consume([
      onCallEvent(context),
      onRequestEvent(context),
      onWorkOrderEvent(context),
      onSurveyEvent(context),
      onAssetEvent(context),
      employees.subscription,
    ]);
    const lease = stack.use(await openLease(backend, { service: "customer", name: "timers", owner: instance, now }));
    stack.use(createTimers({ lease, hints: noHints, now, log })).start(timerSources(context));
    await platform.serve([...entrances(context), serveRecords(records)]);
  });
}

/** What links of records may lead to beside records. */
function targetsOf({ customers, employees }: Context): Readonly<Record<string, LinkTarget>> {
  return {
    customer: {
      exists: async (tenant, id) => (await customers.find(tenant, id)) !== undefined,
      names: async (tenant, ids, reader) => {
        if (!reader.permissions.has("customer.read")) return new Map();
        const found = await Promise.all(ids.map((id) => customers.get(tenant, id, viewerOf(reader)).catch(unless("customer_not_found"))));
        return new Map(found.flatMap((one) => (one ? [[one.id, one.name]] : [])));
      },
    },
    employee: { exists: async (tenant, id) => (await employees.find(tenant, id))?.active === true },
  };
}

/** Every RPC of this service but those of records. */
export function entrances(context: Context): Implementation[] {
  return [
    implement(CustomerService, context, {
      createCustomer,
      changeCustomer,
      findDuplicates,
      getCustomer,
      identifyCaller,
      searchCustomers,
      listContacts,
    }),
    implement(AssetService, context, { createAsset, changeAsset, listAssets }),
    implement(SegmentService, context, { createSegment, listSegmentMembers }),
  ];
}

import { AssetService, CustomerService, SegmentService } from "@trunkline/proto/customer";
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
import { openStores } from "./stores/open-stores.ts";
import { timerSources } from "./timers.ts";

export function startCustomer(config: CustomerConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("customer", [customerTopic, assetTopic], config, overrides, async (platform) => {
    const { backend, instance, now, log, stack } = platform;
    const context: Context = { ...(await openStores(backend)), now };
    platform.keep(context.trail, config.contactDays);
    await platform.consume([
      onCallEvent(context),
      onRequestEvent(context),
      onWorkOrderEvent(context),
      onSurveyEvent(context),
      onAssetEvent(context),
    ]);
    const lease = stack.use(await openLease(backend, { service: "customer", name: "timers", owner: instance, now }));
    stack.use(createTimers({ lease, hints: noHints, now, log })).start(timerSources(context));
    await platform.serve(entrances(context));
  });
}

/** Every RPC of this service. */
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

import { CustomerService, SegmentService } from "@trunkline/proto/customer";
import { implement } from "@trunkline/rpc";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import type { CustomerConfig } from "./config.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import { onRequestEvent } from "./consumers/on-request-event.ts";
import { onSurveyEvent } from "./consumers/on-survey-event.ts";
import { onWorkOrderEvent } from "./consumers/on-work-order-event.ts";
import type { Context } from "./context.ts";
import { createCustomer } from "./rpc/create-customer.ts";
import { createSegment } from "./rpc/create-segment.ts";
import { getCustomer } from "./rpc/get-customer.ts";
import { identifyCaller } from "./rpc/identify-caller.ts";
import { listContacts } from "./rpc/list-contacts.ts";
import { listSegmentMembers } from "./rpc/list-segment-members.ts";
import { searchCustomers } from "./rpc/search-customers.ts";
import { openContactTrail } from "./stores/contact-trail.ts";
import { customerTopic, openCustomerStore } from "./stores/customer-store.ts";
import { openSegmentStore } from "./stores/segment-store.ts";

export function startCustomer(config: CustomerConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("customer", [customerTopic], config, overrides, async (platform) => {
    const context: Context = {
      customers: await openCustomerStore(platform.backend),
      segments: await openSegmentStore(platform.backend),
      trail: await openContactTrail(platform.backend),
      now: platform.now,
    };
    await platform.consume([onCallEvent(context), onRequestEvent(context), onWorkOrderEvent(context), onSurveyEvent(context)]);
    await platform.serve([
      implement(CustomerService, {
        createCustomer: createCustomer(context),
        getCustomer: getCustomer(context),
        identifyCaller: identifyCaller(context),
        searchCustomers: searchCustomers(context),
        listContacts: listContacts(context),
      }),
      implement(SegmentService, {
        createSegment: createSegment(context),
        listSegmentMembers: listSegmentMembers(context),
      }),
    ]);
  });
}

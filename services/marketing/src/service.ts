import { CustomerService, SegmentService } from "@trunkline/proto/customer";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { customerDirectory } from "./clients/customer-directory.ts";
import type { MarketingConfig } from "./config.ts";
import { openEngine } from "./engine.ts";
import { implementations } from "./rpc/implementations.ts";
import { batchTopic } from "./stores/batch-store.ts";
import { contactPermissionTopic } from "./stores/contact-permission-store.ts";
import { messageTopic } from "./stores/message-store.ts";

const CUSTOMER_DEADLINE_MS = 5_000;

export function startMarketing(config: MarketingConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("marketing", [messageTopic, batchTopic, contactPermissionTopic], config, overrides, async (platform) => {
    const customers = customerDirectory({
      customers: platform.client(CustomerService, config.customerAddress, CUSTOMER_DEADLINE_MS),
      segments: platform.client(SegmentService, config.customerAddress, CUSTOMER_DEADLINE_MS),
    });
    const context = await openEngine({ ...platform, config, customers });
    platform.keep(context.batches, config.messageDays);
    platform.keep(context.messages, config.messageDays);
    await platform.serve(implementations(context));
  });
}

import { repeat } from "@trunkline/runtime";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import type { CustomerConfig } from "./config.ts";
import { onAssetEvent } from "./consumers/on-asset-event.ts";
import { onCallEvent } from "./consumers/on-call-event.ts";
import { onRequestEvent } from "./consumers/on-request-event.ts";
import { onSurveyEvent } from "./consumers/on-survey-event.ts";
import { onWorkOrderEvent } from "./consumers/on-work-order-event.ts";
import type { Context } from "./context.ts";
import { forgetReaders } from "./flows/forget-readers.ts";
import { implementations } from "./rpc/implementations.ts";
import { assetTopic, openAssetStore } from "./stores/asset-store.ts";
import { openContactTrail } from "./stores/contact-trail.ts";
import { customerTopic, openCustomerStore } from "./stores/customer-store.ts";
import { openSegmentStore } from "./stores/segment-store.ts";

/** Nobody waits for it: what is to be forgotten has lasted for weeks. */
const FORGET_MS = 600_000;

export function startCustomer(config: CustomerConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("customer", [customerTopic, assetTopic], config, overrides, async (platform) => {
    const context: Context = {
      customers: await openCustomerStore(platform.backend),
      assets: await openAssetStore(platform.backend),
      segments: await openSegmentStore(platform.backend),
      trail: await openContactTrail(platform.backend),
      now: platform.now,
    };
    await platform.consume([
      onCallEvent(context),
      onRequestEvent(context),
      onWorkOrderEvent(context),
      onSurveyEvent(context),
      onAssetEvent(context),
    ]);
    const { log } = platform;
    platform.stack.use(repeat({ what: "forgetting who visited", everyMs: FORGET_MS, work: () => forgetReaders(context), log }));
    await platform.serve(implementations(context));
  });
}

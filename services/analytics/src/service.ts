import { FigureService } from "@trunkline/proto/analytics";
import { implement } from "@trunkline/rpc";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import { openLease } from "@trunkline/store";
import { runAggregation } from "./aggregation.ts";
import type { AnalyticsConfig } from "./config.ts";
import { factSubscriptions } from "./consumers/fact-subscriptions.ts";
import type { Context } from "./context.ts";
import { getFigures } from "./rpc/get-figures.ts";
import { listFacts } from "./rpc/list-facts.ts";
import { openBucketStore } from "./stores/bucket-store.ts";
import { openFactStore } from "./stores/fact-store.ts";

const DAY_MS = 86_400_000;

export function startAnalytics(config: AnalyticsConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("analytics", [], config, overrides, async (platform) => {
    const context: Context = {
      facts: await openFactStore(platform.backend),
      buckets: await openBucketStore(platform.backend),
      now: platform.now,
    };
    const { backend, instance, now, log } = platform;
    const lease = platform.stack.use(await openLease(backend, { service: "analytics", name: "aggregation", owner: instance, now }));
    platform.keep(context.facts.kept, config.factDays);
    // A day before the first fact of a minute may go.
    const frozenBefore = () => (config.factDays === 0 ? 0 : now() - (config.factDays - 1) * DAY_MS);
    platform.stack.use(runAggregation({ ...context, lease, frozenBefore }, now, log));
    await platform.consume(factSubscriptions(context));
    await platform.serve([implement(FigureService, context, { getFigures, listFacts })]);
  });
}

import type { Clock } from "@trunkline/runtime";
import type { AssetStore } from "./stores/asset-store.ts";
import type { ContactTrail } from "./stores/contact-trail.ts";
import type { CustomerStore } from "./stores/customer-store.ts";
import type { SegmentStore } from "./stores/segment-store.ts";

export type Context = {
  readonly customers: CustomerStore;
  readonly assets: AssetStore;
  readonly segments: SegmentStore;
  readonly trail: ContactTrail;
  readonly now: Clock;
};

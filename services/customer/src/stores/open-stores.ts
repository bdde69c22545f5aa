import type { StoreBackend } from "@trunkline/store";
import { type AssetStore, openAssetStore } from "./asset-store.ts";
import { type ContactTrail, openContactTrail } from "./contact-trail.ts";
import { type CustomerStore, openCustomerStore } from "./customer-store.ts";
import { openSegmentStore, type SegmentStore } from "./segment-store.ts";

/** Everything that this service keeps. */
export type Stores = {
  readonly customers: CustomerStore;
  readonly assets: AssetStore;
  readonly segments: SegmentStore;
  readonly trail: ContactTrail;
};

export async function openStores(backend: StoreBackend): Promise<Stores> {
  return {
    customers: await openCustomerStore(backend),
    assets: await openAssetStore(backend),
    segments: await openSegmentStore(backend),
    trail: await openContactTrail(backend),
  };
}

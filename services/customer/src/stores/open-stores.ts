import type { StoreBackend } from "@trunkline/store";
import { openAssetStore } from "./asset-store.ts";
import { openContactTrail } from "./contact-trail.ts";
import { openCustomerStore } from "./customer-store.ts";
import { openSegmentStore } from "./segment-store.ts";

export async function openStores(backend: StoreBackend) {
  return {
    customers: await openCustomerStore(backend),
    assets: await openAssetStore(backend),
    segments: await openSegmentStore(backend),
    trail: await openContactTrail(backend),
  };
}

/** Everything that this service keeps. */
export type Stores = Readonly<Awaited<ReturnType<typeof openStores>>>;

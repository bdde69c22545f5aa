import { topic } from "@trunkline/events";
import { RecordEventSchema } from "@trunkline/proto/records";
import { openRecordStores } from "@trunkline/records";
import type { StoreBackend } from "@trunkline/store";
import { contact } from "../kinds/contact.ts";
import { lead } from "../kinds/lead.ts";
import { need } from "../kinds/need.ts";
import { openAssetStore } from "./asset-store.ts";
import { openContactTrail } from "./contact-trail.ts";
import { openCustomerStore } from "./customer-store.ts";
import { openEmployeeCopy } from "./employee-copy.ts";
import { openSegmentStore } from "./segment-store.ts";

/** The kinds of records that this service keeps. */
const KINDS = [lead, contact, need];
export const recordTopic = topic("customer.record", RecordEventSchema);

export async function openStores(backend: StoreBackend) {
  return {
    customers: await openCustomerStore(backend),
    assets: await openAssetStore(backend),
    segments: await openSegmentStore(backend),
    trail: await openContactTrail(backend),
    employees: await openEmployeeCopy(backend),
    recordStores: await openRecordStores(backend, KINDS, recordTopic),
  };
}

/** Everything that this service keeps. */
export type Stores = Readonly<Awaited<ReturnType<typeof openStores>>>;

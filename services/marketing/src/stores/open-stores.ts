import type { StoreBackend } from "@trunkline/store";
import { armed, type Due } from "@trunkline/timers";
import { type BatchStore, openBatchStore } from "./batch-store.ts";
import { type ContactPermissionStore, openContactPermissionStore } from "./contact-permission-store.ts";
import { type LaneStore, openLaneStore } from "./lane-store.ts";
import { type MessageStore, openMessageStore } from "./message-store.ts";
import { openTemplateStore, type TemplateStore } from "./template-store.ts";

export type Stores = {
  readonly permissions: ContactPermissionStore;
  readonly lanes: LaneStore;
  readonly messages: MessageStore;
  readonly batches: BatchStore;
  readonly templates: TemplateStore;
};

/** @param arm told of each due time of a batch that a write leaves behind */
export async function openStores(backend: StoreBackend, arm: (due: Due) => void = () => undefined): Promise<Stores> {
  const lanes = await openLaneStore(backend);
  const messages = await openMessageStore(backend, lanes);
  return {
    lanes,
    messages,
    permissions: await openContactPermissionStore(backend),
    batches: armed(await openBatchStore(backend), ({ nextDueAt }) => nextDueAt, arm),
    templates: await openTemplateStore(backend),
  };
}

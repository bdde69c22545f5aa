import type { StoreBackend } from "@trunkline/store";
import { armed, type Due } from "@trunkline/timers";
import { openBatchStore } from "./batch-store.ts";
import { openContactPermissionStore } from "./contact-permission-store.ts";
import { openLaneStore } from "./lane-store.ts";
import { openMessageStore } from "./message-store.ts";
import { openTemplateStore } from "./template-store.ts";

/** @param arm told of each due time of a batch that a write leaves behind */
export async function openStores(backend: StoreBackend, arm: (due: Due) => void = () => undefined) {
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

/** Everything that this service keeps. */
export type Stores = Readonly<Awaited<ReturnType<typeof openStores>>>;

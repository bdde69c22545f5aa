import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { CallbackTaskEventSchema } from "@trunkline/proto/service-desk";
import { contentId } from "@trunkline/runtime";
import { type AggregateStore, newestFirst, type StoreBackend } from "@trunkline/store";
import type { CallbackTask, CallbackTaskEvent } from "../domain/callback-task.ts";

export const callbackTaskTopic = topic("service_desk.callback_task", CallbackTaskEventSchema);

export type CallbackTaskStore = AggregateStore<CallbackTask, CallbackTaskEvent> & {
  findOpen(tenant: string, number: string): Promise<CallbackTask | undefined>;
  /** The task that has taken this call, open or done. */
  findByCall(tenant: string, callId: string): Promise<CallbackTask | undefined>;
};

/** Unique while the task is open; the number itself stands in no index. */
const openKey = (tenant: string, number: string) => `${tenant}/${contentId(tenant, "open_callback", number)}`;

export async function openCallbackTaskStore(backend: StoreBackend): Promise<CallbackTaskStore> {
  const store = await backend.aggregates<CallbackTask, CallbackTaskEvent, typeof CallbackTaskEventSchema, "openKey">({
    name: "callback_tasks",
    noun: "callback_task",
    indexes: [
      [{ openKey: 1 }, { unique: true, sparse: true }],
      { tenant: 1, openedAt: -1, _id: -1 },
      { tenant: 1, state: 1, openedAt: -1, _id: -1 },
      { tenant: 1, callIds: 1, openedAt: -1, _id: -1 },
    ],
    lists: ["callIds"],
    topic: callbackTaskTopic,
    encode: (event) => caseOf(CallbackTaskEventSchema, event),
    overSince: (task) => (task.state === "done" ? task.doneAt : undefined),
    derived: (tenant, task) => ({ openKey: task.state === "open" ? openKey(tenant, task.number) : undefined }),
  });
  const newest = async (tenant: string, filter: { openKey: string } | { callIds: string }) =>
    (await store.page(tenant, filter, newestFirst("openedAt", 1))).items[0];
  return {
    ...store,
    findOpen: (tenant, number) => newest(tenant, { openKey: openKey(tenant, number) }),
    findByCall: (tenant, callId) => newest(tenant, { callIds: callId }),
  };
}

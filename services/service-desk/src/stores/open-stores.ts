import { openCalendarCopy } from "@trunkline/reference-copy";
import { openNumberStore, type StoreBackend } from "@trunkline/store";
import { armed, type Due } from "@trunkline/timers";
import { workOrderDueAt } from "../domain/dispatch-work-order.ts";
import { nextDueAt } from "../domain/request-timers.ts";
import { surveyDueAt } from "../domain/survey.ts";
import { openCallbackTaskStore } from "./callback-task-store.ts";
import { openEmployeeCopy } from "./employee-copy.ts";
import { openRequestQueueStore } from "./request-queue-store.ts";
import { openRequestStore } from "./request-store.ts";
import { openSignatureStore } from "./signature-store.ts";
import { openSurveyStore } from "./survey-store.ts";
import { openWorkOrderStore } from "./work-order-store.ts";
import { openWorkloadStore } from "./workload-store.ts";

/** @param arm told of each due time that a write leaves behind, with the name of its timer source */
export async function openStores(backend: StoreBackend, arm: (source: string, due: Due) => void, copyWaitMs: number) {
  return {
    requests: armed(await openRequestStore(backend), nextDueAt, (due) => arm("requests", due)),
    queues: await openRequestQueueStore(backend),
    numbers: await openNumberStore(backend, "request"),
    workOrders: armed(await openWorkOrderStore(backend), workOrderDueAt, (due) => arm("workOrders", due)),
    workloads: await openWorkloadStore(backend),
    signatures: await openSignatureStore(backend),
    surveys: armed(await openSurveyStore(backend), surveyDueAt, (due) => arm("surveys", due)),
    callbackTasks: await openCallbackTaskStore(backend),
    employees: await openEmployeeCopy(backend, copyWaitMs),
    calendars: await openCalendarCopy(backend, copyWaitMs),
  };
}

/** Everything that this service keeps. */
export type Stores = Readonly<Awaited<ReturnType<typeof openStores>>>;

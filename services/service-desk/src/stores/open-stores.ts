import { type CalendarCopy, openCalendarCopy } from "@trunkline/reference-copy";
import type { StoreBackend } from "@trunkline/store";
import { armed, type Due } from "@trunkline/timers";
import { workOrderDueAt } from "../domain/dispatch-work-order.ts";
import { nextDueAt } from "../domain/request-timers.ts";
import { surveyDueAt } from "../domain/survey.ts";
import { type CallbackTaskStore, openCallbackTaskStore } from "./callback-task-store.ts";
import { type EmployeeCopy, openEmployeeCopy } from "./employee-copy.ts";
import { openRequestNumberStore, type RequestNumberStore } from "./request-number-store.ts";
import { openRequestQueueStore, type RequestQueueStore } from "./request-queue-store.ts";
import { openRequestStore, type RequestStore } from "./request-store.ts";
import { openSignatureStore, type SignatureStore } from "./signature-store.ts";
import { openSurveyStore, type SurveyStore } from "./survey-store.ts";
import { openWorkOrderStore, type WorkOrderStore } from "./work-order-store.ts";
import { openWorkloadStore, type WorkloadStore } from "./workload-store.ts";

/** Everything that this service keeps. */
export type Stores = {
  readonly requests: RequestStore;
  readonly queues: RequestQueueStore;
  readonly numbers: RequestNumberStore;
  readonly workOrders: WorkOrderStore;
  readonly workloads: WorkloadStore;
  readonly signatures: SignatureStore;
  readonly surveys: SurveyStore;
  readonly callbackTasks: CallbackTaskStore;
  readonly employees: EmployeeCopy;
  readonly calendars: CalendarCopy;
};

/** @param arm told of each due time that a write leaves behind, with the name of its timer source */
export async function openStores(backend: StoreBackend, arm: (source: string, due: Due) => void, copyWaitMs: number): Promise<Stores> {
  return {
    requests: armed(await openRequestStore(backend), nextDueAt, (due) => arm("requests", due)),
    queues: await openRequestQueueStore(backend),
    numbers: await openRequestNumberStore(backend),
    workOrders: armed(await openWorkOrderStore(backend), workOrderDueAt, (due) => arm("workOrders", due)),
    workloads: await openWorkloadStore(backend),
    signatures: await openSignatureStore(backend),
    surveys: armed(await openSurveyStore(backend), surveyDueAt, (due) => arm("surveys", due)),
    callbackTasks: await openCallbackTaskStore(backend),
    employees: await openEmployeeCopy(backend, copyWaitMs),
    calendars: await openCalendarCopy(backend, copyWaitMs),
  };
}

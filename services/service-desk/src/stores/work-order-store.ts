import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { WorkOrderEventSchema } from "@trunkline/proto/service-desk";
import type { AggregateStore, StoreBackend } from "@trunkline/store";
import { workOrderDueAt } from "../domain/dispatch-work-order.ts";
import type { WorkOrder, WorkOrderEvent } from "../domain/work-order.ts";

export const workOrderTopic = topic("service_desk.work_order", WorkOrderEventSchema);

export type WorkOrderStore = AggregateStore<WorkOrder, WorkOrderEvent>;

export const openWorkOrderStore = (backend: StoreBackend): Promise<WorkOrderStore> =>
  backend.aggregates<WorkOrder, WorkOrderEvent, typeof WorkOrderEventSchema, "nextDueAt" | "visibleTo">({
    name: "work_orders",
    noun: "work_order",
    indexes: [
      { tenant: 1, createdAt: -1, _id: -1 },
      { tenant: 1, visibleTo: 1, createdAt: -1, _id: -1 },
      { tenant: 1, state: 1, createdAt: -1, _id: -1 },
      { tenant: 1, engineerId: 1, createdAt: -1, _id: -1 },
      { tenant: 1, engineerId: 1, state: 1, createdAt: -1, _id: -1 },
      [{ nextDueAt: 1 }, { sparse: true }],
    ],
    lists: ["visibleTo"],
    topic: workOrderTopic,
    absent: { engineersConsidered: 0, engineersLeftOut: false },
    encode: (event) => caseOf(WorkOrderEventSchema, event),
    overSince: (work) => (work.state === "closed_complete" ? work.completedAt : undefined),
    derived: (_tenant, work) => ({ nextDueAt: workOrderDueAt(work), visibleTo: whoSees(work) }),
  });

/** Its engineer, and to whom it is offered just now. */
function whoSees({ engineerId, offer }: WorkOrder): string[] {
  return [...new Set([engineerId, offer?.engineerId ?? ""])].filter((id) => id !== "");
}

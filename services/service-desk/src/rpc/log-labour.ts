import { DomainError } from "@trunkline/errors";
import type { WorkOrderService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { logLabour as log } from "../domain/perform-work-order.ts";
import { employeeOf } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export function logLabour({ workOrders, now }: Context): Handlers<typeof WorkOrderService>["logLabour"] {
  return async ({ workOrderId, labour }, call) => {
    if (!labour) throw new DomainError("invalid", "field_invalid", "labour: value is required", { field: "labour" });
    const employeeId = employeeOf(call);
    const { kind, minutes } = labour;
    const work = await workOrders.update(call, workOrderId, (current) =>
      log(current, { employeeId, labour: { kind, minutes }, at: now() }),
    );
    return { workOrder: toMessage(work) };
  };
}

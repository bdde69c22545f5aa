import type { WorkOrderService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { acceptWorkOrder as accept } from "../domain/perform-work-order.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export function acceptWorkOrder({ workOrders, now }: Context): Handlers<typeof WorkOrderService>["acceptWorkOrder"] {
  return async ({ workOrderId }, call) => {
    const employeeId = employeeOf(call);
    return { workOrder: toMessage(await workOrders.update(plain(call), workOrderId, (work) => accept(work, { employeeId, at: now() }))) };
  };
}

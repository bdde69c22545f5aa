import type { StartWorkOrderRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { startWorkOrder as start } from "../domain/perform-work-order.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function startWorkOrder({ workOrders, now }: Context, { workOrderId }: StartWorkOrderRequest, call: CallContext) {
  const employeeId = employeeOf(call);
  return { workOrder: toMessage(await workOrders.update(plain(call), workOrderId, (work) => start(work, { employeeId, at: now() }))) };
}

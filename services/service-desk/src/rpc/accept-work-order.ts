import type { AcceptWorkOrderRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { acceptWorkOrder as accept } from "../domain/perform-work-order.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function acceptWorkOrder({ workOrders, now }: Context, { workOrderId }: AcceptWorkOrderRequest, call: CallContext) {
  const employeeId = employeeOf(call);
  return { workOrder: toMessage(await workOrders.update(plain(call), workOrderId, (work) => accept(work, { employeeId, at: now() }))) };
}

import type { RejectWorkOrderRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { rejectWorkOrder as reject } from "../domain/perform-work-order.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

/** The place in the engineer's day is freed by the consumer of the rejection, which a crash cannot skip. */
export async function rejectWorkOrder({ workOrders, now }: Context, { workOrderId, reason }: RejectWorkOrderRequest, call: CallContext) {
  const employeeId = employeeOf(call);
  const work = await workOrders.update(plain(call), workOrderId, (current) => reject(current, { employeeId, reason, at: now() }));
  return { workOrder: toMessage(work) };
}

import type { LogLabourRequestValid } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { logLabour as log } from "../domain/perform-work-order.ts";
import { employeeOf } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function logLabour({ workOrders, now }: Context, { workOrderId, labour }: LogLabourRequestValid, call: CallContext) {
  const employeeId = employeeOf(call);
  const { kind, minutes } = labour;
  const work = await workOrders.update(call, workOrderId, (current) => log(current, { employeeId, labour: { kind, minutes }, at: now() }));
  return { workOrder: toMessage(work) };
}

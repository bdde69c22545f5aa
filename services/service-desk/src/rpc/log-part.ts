import type { LogPartRequestValid } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { logPart as log } from "../domain/perform-work-order.ts";
import { employeeOf } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function logPart({ workOrders, now }: Context, { workOrderId, part }: LogPartRequestValid, call: CallContext) {
  const employeeId = employeeOf(call);
  const { partNumber, quantity, serial } = part;
  const work = await workOrders.update(call, workOrderId, (current) =>
    log(current, { employeeId, part: { partNumber, quantity, serial }, at: now() }),
  );
  return { workOrder: toMessage(work) };
}

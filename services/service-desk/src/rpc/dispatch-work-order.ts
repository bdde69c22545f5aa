import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { DispatchWorkOrderRequestValid } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { addWorkOrder } from "../domain/handle-request.ts";
import { checkOpen } from "../domain/request.ts";
import { openWorkOrder } from "../domain/work-order.ts";
import { dispatchWorkOrder as dispatch } from "../flows/dispatch-work-order.ts";
import { plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function dispatchWorkOrder(
  context: Context,
  { serviceRequestId, requiredSkills, regionCode, latitude, longitude, windowFrom, windowTo }: DispatchWorkOrderRequestValid,
  call: CallContext,
) {
  const { requests, workOrders, now } = context;
  const at = now();
  const id = createId(call, at);
  const request = await requests.get(call.tenant, serviceRequestId);
  if (!request.workOrderIds.includes(id)) checkOpen(request);
  const window = { windowFrom: timestampMs(windowFrom), windowTo: timestampMs(windowTo) };
  const visit = { id, requestId: request.id, customerId: request.customerId, requiredSkills, regionCode, latitude, longitude, ...window };
  await workOrders.create(call, id, openWorkOrder(visit, at));
  await requests.update(plain(call), request.id, (current) => addWorkOrder(current, { workOrderId: id, at: now(), by: call.actor }));
  return { workOrder: toMessage(await dispatch(context, plain(call), id)) };
}

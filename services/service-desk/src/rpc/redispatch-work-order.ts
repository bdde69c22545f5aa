import { timestampMs } from "@bufbuild/protobuf/wkt";
import type { RedispatchWorkOrderRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { moveWindow } from "../domain/dispatch-work-order.ts";
import { dispatchWorkOrder as dispatch } from "../flows/dispatch-work-order.ts";
import { plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

export async function redispatchWorkOrder(
  context: Context,
  { workOrderId, windowFrom, windowTo }: RedispatchWorkOrderRequest,
  call: CallContext,
) {
  const { workOrders, now } = context;
  await workOrders.update(plain(call), workOrderId, (work) => {
    const from = windowFrom ? timestampMs(windowFrom) : work.windowFrom;
    const to = windowTo ? timestampMs(windowTo) : work.windowTo;
    return moveWindow(work, { windowFrom: from, windowTo: to }, now());
  });
  return { workOrder: toMessage(await dispatch(context, plain(call), workOrderId)) };
}

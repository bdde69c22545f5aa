import { viewerOf } from "@trunkline/auth";
import type { WorkOrderService } from "@trunkline/proto/service-desk";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { signatureId } from "../stores/signature-store.ts";
import { toMessage } from "./work-order-message.ts";

export function getWorkOrder({ workOrders, signatures }: Context): Handlers<typeof WorkOrderService>["getWorkOrder"] {
  return async ({ workOrderId }, { tenant, principal }) => {
    const work = await workOrders.get(tenant, workOrderId, viewerOf(principal));
    const row = work.signature && (await signatures.find(tenant, signatureId(workOrderId, work.signature.sha256)));
    return { workOrder: toMessage(work, row ? Buffer.from(row.image, "base64") : undefined) };
  };
}

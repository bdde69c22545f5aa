import { viewerOf } from "@trunkline/auth";
import type { GetWorkOrderRequest } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { signatureId } from "../stores/signature-store.ts";
import { toMessage } from "./work-order-message.ts";

export async function getWorkOrder(
  { workOrders, signatures }: Context,
  { workOrderId }: GetWorkOrderRequest,
  { tenant, principal }: CallContext,
) {
  const work = await workOrders.get(tenant, workOrderId, viewerOf(principal));
  const row = work.signature && (await signatures.find(tenant, signatureId(workOrderId, work.signature.sha256)));
  return { workOrder: toMessage(work, row ? Buffer.from(row.image, "base64") : undefined) };
}

import { createHash } from "node:crypto";
import type { CompleteWorkOrderRequestValid } from "@trunkline/proto/service-desk";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { completeWorkOrder as complete } from "../domain/perform-work-order.ts";
import { checkSignatureImage } from "../domain/signature.ts";
import type { WorkOrder } from "../domain/work-order.ts";
import { signatureId } from "../stores/signature-store.ts";
import { employeeOf, plain } from "./caller.ts";
import { toMessage } from "./work-order-message.ts";

/** The image goes in first, under its hash; it counts once the work order names it. The request follows by event. */
export async function completeWorkOrder(
  { workOrders, signatures, now }: Context,
  { workOrderId, signature, summary, resolveRequest }: CompleteWorkOrderRequestValid,
  call: CallContext,
) {
  checkSignatureImage(signature.image);
  const [employeeId, at] = [employeeOf(call), now()];
  const sha256 = createHash("sha256").update(signature.image).digest("hex");
  const signed = { signer: signature.signer, sha256, bytes: signature.image.length, signedAt: at };
  const decide = (work: WorkOrder) => complete(work, { employeeId, signature: signed, summary, resolveRequest, at });
  decide(await workOrders.get(call.tenant, workOrderId));
  await signatures.upsert(call.tenant, signatureId(workOrderId, sha256), () => ({
    image: Buffer.from(signature.image).toString("base64"),
    at,
  }));
  return { workOrder: toMessage(await workOrders.update(plain(call), workOrderId, decide), signature.image) };
}

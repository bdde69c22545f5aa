import { messageOf } from "@trunkline/proto";
import { WorkOrderSchema } from "@trunkline/proto/service-desk";
import type { WorkOrder } from "../domain/work-order.ts";

/** @param image the signature's PNG, where it was asked for; a list goes without */
export const toMessage = (work: WorkOrder, image?: Uint8Array) =>
  messageOf(WorkOrderSchema, { ...work, signature: work.signature && { ...work.signature, image } });

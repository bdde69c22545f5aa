import { type Timestamp, timestampMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import { messageOf } from "@trunkline/proto";
import { WorkOrderSchema } from "@trunkline/proto/service-desk";
import type { WorkOrder } from "../domain/work-order.ts";

/** @param image the signature's PNG, where it was asked for; a list goes without */
export const toMessage = (work: WorkOrder, image?: Uint8Array) =>
  messageOf(WorkOrderSchema, { ...work, signature: work.signature && { ...work.signature, image } });

/** Milliseconds of a field that the contract requires. @throws DomainError invalid field_invalid */
export function required(field: string, time: Timestamp | undefined): number {
  if (time) return timestampMs(time);
  throw new DomainError("invalid", "field_invalid", `${field}: value is required`, { field });
}

import type { MessageInitShape } from "@bufbuild/protobuf";
import { type Timestamp, timestampFromMs, timestampMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import type { CandidateSchema, WorkOrderSchema } from "@trunkline/proto/service-desk";
import type { Candidate, WorkOrder } from "../domain/work-order.ts";

/** @param image the signature's PNG, where it was asked for; a list goes without */
export function toMessage(work: WorkOrder, image?: Uint8Array): MessageInitShape<typeof WorkOrderSchema> {
  const { id, requestId, customerId, state, engineerId, regionCode, tieBrokenBy, summary, signature } = work;
  return {
    workOrderId: id,
    requestId,
    customerId,
    state,
    engineerId,
    regionCode,
    tieBrokenBy,
    engineersConsidered: work.engineersConsidered,
    engineersLeftOut: work.engineersLeftOut,
    summary,
    requiredSkills: [...work.requiredSkills],
    windowFrom: timestampFromMs(work.windowFrom),
    windowTo: timestampFromMs(work.windowTo),
    candidates: work.candidates.map(toCandidateMessage),
    parts: work.parts.map((line) => ({ ...line })),
    labour: work.labour.map((line) => ({ ...line })),
    rejections: work.rejections.map(({ employeeId, reason, at }) => ({ employeeId, reason, at: timestampFromMs(at) })),
    ...(signature
      ? {
          signature: {
            signer: signature.signer,
            signedAt: timestampFromMs(signature.signedAt),
            ...(image ? { image: new Uint8Array(image) } : {}),
          },
        }
      : {}),
    ...(work.dispatchedAt === undefined ? {} : { dispatchedAt: timestampFromMs(work.dispatchedAt) }),
    ...(work.completedAt === undefined ? {} : { completedAt: timestampFromMs(work.completedAt) }),
  };
}

function toCandidateMessage({ employeeId, passed, rules, factors, score }: Candidate): MessageInitShape<typeof CandidateSchema> {
  return { employeeId, passed, score, rules: rules.map((rule) => ({ ...rule })), factors: factors.map((factor) => ({ ...factor })) };
}

/** Milliseconds of a field that the contract requires. @throws DomainError invalid field_invalid */
export function required(field: string, time: Timestamp | undefined): number {
  if (time) return timestampMs(time);
  throw new DomainError("invalid", "field_invalid", `${field}: value is required`, { field });
}

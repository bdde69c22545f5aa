import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { HistoryEntrySchema, RequestSchema, TargetClockSchema } from "@trunkline/proto/service-desk";
import type { HistoryEntry, Request, TargetClock } from "../domain/request.ts";

export function toMessage(request: Request): MessageInitShape<typeof RequestSchema> {
  const { id, number = "", type, state, priority, subject, description, queueId, ownerId, customerId, callId, level, resolution } = request;
  return {
    requestId: id,
    number,
    type,
    state,
    priority,
    subject,
    description,
    queueId,
    ownerId,
    customerId,
    callId,
    level,
    resolution,
    openedAt: timestampFromMs(request.openedAt),
    ...(request.resolvedAt === undefined ? {} : { resolvedAt: timestampFromMs(request.resolvedAt) }),
    targets: request.targets.map(toTarget),
    history: request.history.map(toEntry),
    workOrderIds: [...request.workOrderIds],
    relatedRequestIds: [...request.relatedRequestIds],
  };
}

function toTarget({ target, dueAt, metAt, missed, businessMs }: TargetClock): MessageInitShape<typeof TargetClockSchema> {
  const met = metAt === undefined ? {} : { metAt: timestampFromMs(metAt) };
  return { target, dueAt: timestampFromMs(dueAt), ...met, missed, businessMs: BigInt(businessMs) };
}

function toEntry({ at, ...rest }: HistoryEntry): MessageInitShape<typeof HistoryEntrySchema> {
  return { at: timestampFromMs(at), ...rest };
}

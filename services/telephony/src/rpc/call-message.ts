import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { contactDetailsFor, type Principal } from "@trunkline/auth";
import type { CallSchema, RecordingSchema } from "@trunkline/proto/telephony";
import { actionsOn, type ConnectorConfig } from "../connector-config.ts";
import { type Call, isInHandOf } from "../domain/call-state.ts";

/** Whole also for whoever has the call just now. While it is being dialled it is not: they may have been given a missed call, not its number. */
function numberFor(call: Call, reader: Principal): string {
  return isInHandOf(call, reader.id) ? call.callerNumber : contactDetailsFor(reader).number(call.callerNumber);
}

export function toMessage(connectors: readonly ConnectorConfig[], call: Call, reader: Principal): MessageInitShape<typeof CallSchema> {
  return {
    callId: call.id,
    state: call.state,
    outcome: call.outcome,
    queue: call.queue,
    callerNumber: numberFor(call, reader),
    certainty: call.certainty,
    customerId: call.customerId,
    employeeId: call.employeeId,
    queuedAt: timestampFromMs(call.queuedAt),
    ...(call.answeredAt === undefined ? {} : { answeredAt: timestampFromMs(call.answeredAt) }),
    ...(call.endedAt === undefined ? {} : { endedAt: timestampFromMs(call.endedAt) }),
    talkMs: BigInt(call.talkMs),
    holdMs: BigInt(call.holdMs),
    direction: call.direction,
    disposition: call.disposition,
    connectorId: call.connectorId,
    wrapUps: (call.wrapUps ?? []).map(({ at, ...report }) => ({ ...report, at: timestampFromMs(at) })),
    handovers: (call.handovers ?? []).map(({ at, ...handover }) => ({ ...handover, at: timestampFromMs(at) })),
    actions: [...actionsOn(connectors, call.connectorId)],
    callerVerdict: call.callerVerdict ?? "",
    queueCallback: call.callback?.state ?? "",
    mos: call.quality?.mos ?? 0,
    lossPercent: call.quality?.lossPercent ?? 0,
    ...(call.recording ? { recording: toRecording(call) } : {}),
  };
}

export function toRecording({ recording, recordingDueAt }: Call): MessageInitShape<typeof RecordingSchema> {
  return {
    state: recording?.state ?? "",
    ...(recording ? { startedAt: timestampFromMs(recording.startedAt), pausedMs: BigInt(recording.pausedMs) } : {}),
    ...(recordingDueAt === undefined ? {} : { deleteAt: timestampFromMs(recordingDueAt) }),
  };
}

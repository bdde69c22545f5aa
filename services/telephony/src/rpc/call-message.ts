import type { MessageInitShape } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { CallSchema, RecordingSchema } from "@trunkline/proto/telephony";
import type { Call } from "../domain/call-state.ts";

export function toMessage(call: Call): MessageInitShape<typeof CallSchema> {
  return {
    callId: call.id,
    state: call.state,
    outcome: call.outcome,
    queue: call.queue,
    callerNumber: call.callerNumber,
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

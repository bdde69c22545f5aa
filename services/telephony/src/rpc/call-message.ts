import { contactDetailsFor, type Principal } from "@trunkline/auth";
import { messageOf } from "@trunkline/proto";
import { CallSchema, RecordingSchema } from "@trunkline/proto/telephony";
import { actionsOn, type ConnectorConfig } from "../connector-config.ts";
import { type Call, isInHandOf } from "../domain/call-state.ts";

/** Whole also for whoever has the call just now. While it is being dialled it is not: they may have been given a missed call, not its number. */
function numberFor(call: Call, reader: Principal): string {
  return isInHandOf(call, reader.id) ? call.callerNumber : contactDetailsFor(reader).number(call.callerNumber);
}

export function toMessage(connectors: readonly ConnectorConfig[], call: Call, reader: Principal) {
  return messageOf(CallSchema, {
    ...call,
    callerNumber: numberFor(call, reader),
    actions: actionsOn(connectors, call.connectorId),
    queueCallback: call.callback?.state ?? "",
    mos: call.quality?.mos ?? 0,
    lossPercent: call.quality?.lossPercent ?? 0,
    recording: call.recording && toRecording(call),
  });
}

export const toRecording = ({ recording, recordingDueAt }: Call) =>
  messageOf(RecordingSchema, { state: "", pausedMs: 0, ...recording, deleteAt: recordingDueAt });

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { DomainError } from "@trunkline/errors";
import type { GetRecordingRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toRecording } from "./call-message.ts";

export async function getRecording({ calls }: Context, { callId }: GetRecordingRequest, { tenant }: CallContext) {
  const call = await calls.get(tenant, callId);
  if (!call.recording) throw new DomainError("not_found", "recording_not_kept", "this call was not recorded");
  const listens = call.recording.listens.map(({ employeeId, at }) => ({ employeeId, at: timestampFromMs(at) }));
  return { recording: toRecording(call), reference: call.id, connectorId: call.connectorId, listens };
}

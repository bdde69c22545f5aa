import type { ReadRecordingRequest } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { hear } from "../domain/recording.ts";

/** Who listens is written down before the first sound. */
export async function* readRecording({ calls, recordings, now }: Context, { callId }: ReadRecordingRequest, scope: CallContext) {
  const { connectorId } = await calls.update(scope, callId, (call) => hear(call, scope.principal.id, now()));
  for await (const audio of recordings.read(connectorId, callId)) yield { audio };
}

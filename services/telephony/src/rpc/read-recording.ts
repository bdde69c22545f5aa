import type { RecordingService } from "@trunkline/proto/telephony";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { hear } from "../domain/recording.ts";

/** Who listens is written down before the first sound. */
export function readRecording({ calls, recordings, now }: Context): Handlers<typeof RecordingService>["readRecording"] {
  return async function* ({ callId }, scope) {
    const { connectorId } = await calls.update(scope, callId, (call) => hear(call, scope.principal.id, now()));
    for await (const audio of recordings.read(connectorId, callId)) yield { audio };
  };
}

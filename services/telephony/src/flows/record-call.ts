import { create } from "@bufbuild/protobuf";
import { PauseRecordingSchema } from "@trunkline/proto/telephony";
import { type CallScope, serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type Call, isTalking, nothing } from "../domain/call-state.ts";
import { failRecording, pauseRecording, startRecording } from "../domain/recording.ts";

/**
 * Has an answered call recorded where its queue asks for it; an exchange that will not is written down. Whoever writes that it is recorded
 * orders it, so that several who hear of the answer order once.
 */
export async function recordCall(context: Context, scope: CallScope, read: () => Promise<Call>): Promise<void> {
  const { calls, queues, orderLine, recordings, now, log } = context;
  if (!anyRecorded(queues, scope.tenant)) return;
  const call = await read();
  const { mode, keepDays } = queues.of(scope.tenant, call.queue).recording;
  if (!call.routed || !isTalking(call)) return;
  if (mode === "off") return await leaveOut(context, scope, call);
  if (call.recording !== undefined) return;
  let mine = false;
  await calls.update(scope, call.id, (state) => {
    const decided = startRecording(state, { keepDays, elsewhere: !recordings.deletes(call.connectorId) }, now());
    mine = decided.events.length > 0;
    return decided;
  });
  if (!mine) return;
  try {
    await orderLine(call.connectorId, call, { case: "record", value: {} });
  } catch (error) {
    log.warn({ err: error, callId: call.id }, "a call is not recorded");
    await calls.update(scope, call.id, (state) => failRecording(state, keepDays, now()));
  }
}

/** Where nothing is recorded, no call need be read to know. */
export const anyRecorded = (queues: Context["queues"], tenant: string) =>
  queues.all(tenant).some(({ recording }) => recording.mode !== "off");

/** Of a call that came from a queue that is recorded, what is said here stays out. */
async function leaveOut({ calls, orderLine, now, log }: Context, scope: CallScope, call: Call): Promise<void> {
  if (!isRecorded(call)) return;
  try {
    await orderLine(call.connectorId, call, {
      case: "action",
      value: { action: { case: "pauseRecording", value: create(PauseRecordingSchema) } },
    });
    await calls.update(scope, call.id, (state) => (isRecorded(state) ? pauseRecording(state, "", now()) : nothing(state)));
  } catch (error) {
    log.warn({ err: error, callId: call.id }, "a recording goes on in a queue that is not recorded");
  }
}

const isRecorded = ({ recording }: Call) => recording?.state === "recording";

/** Begins with the answer, where this process wrote it: the way over the topic would cost the beginning of the talk. */
export function recordAnswered(context: Context): Disposable {
  return context.calls.follow(({ tenant, state }) => {
    if (!isTalking(state) || (state.recording !== undefined && !isRecorded(state)) || !state.routed) return;
    // A moment later: whoever wrote it connects the two first, and only who is connected can be recorded.
    setImmediate(() =>
      recordCall(context, serviceScope("telephony", tenant, state.id), async () => state).catch((error: unknown) =>
        context.log.warn({ err: error, callId: state.id }, "a recording could not be begun at once; the topic brings it again"),
      ),
    );
  });
}

import type { CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type Call, isTalking } from "../domain/call-state.ts";
import { failRecording, startRecording } from "../domain/recording.ts";

/** Has an answered call recorded where its queue asks for it; an exchange that will not is written down. */
export async function recordCall(context: Context, scope: CallScope, read: () => Promise<Call>): Promise<void> {
  const { calls, queues, orderLine, now, log } = context;
  if (!queues.all(scope.tenant).some(({ recording }) => recording.mode !== "off")) return;
  const call = await read();
  const { mode, keepDays } = queues.of(scope.tenant, call.queue).recording;
  if (mode === "off" || !call.routed || call.recording !== undefined || !isTalking(call)) return;
  try {
    await orderLine(call.connectorId, call, { case: "record", value: {} });
    await calls.update(scope, call.id, (state) => startRecording(state, keepDays, now()));
  } catch (error) {
    log.warn({ err: error, callId: call.id }, "a call is not recorded");
    await calls.update(scope, call.id, (state) => failRecording(state, keepDays, now()));
  }
}

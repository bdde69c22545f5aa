import { isDomainError } from "@trunkline/errors";
import { backOff, type CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type Call, isTalking } from "../domain/call-state.ts";
import { failRecording, startRecording } from "../domain/recording.ts";

const CONNECT_TRIES = 10;

/** Has an answered call recorded where its queue asks for it; an exchange that will not is written down. */
export async function recordCall({ calls, queues, orderLine, now, log }: Context, scope: CallScope, call: Call): Promise<void> {
  const { mode, keepDays } = queues.of(scope.tenant, call.queue).recording;
  if (mode === "off" || !call.routed || call.recording !== undefined || !isTalking(call)) return;
  try {
    await onceConnected(() => orderLine(call.connectorId, call, { case: "record", value: {} }));
    await calls.update(scope, call.id, (state) => startRecording(state, keepDays, now()));
  } catch (error) {
    log.warn({ err: error, callId: call.id }, "a call is not recorded");
    await calls.update(scope, call.id, (state) => failRecording(state, keepDays, now()));
  }
}

/** The call is the agent's before the exchange has connected the two: what needs both waits for that. */
async function onceConnected(order: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await order();
    } catch (error) {
      if (!isDomainError(error) || error.code !== "pbx_call_not_talking" || attempt === CONNECT_TRIES) throw error;
      await backOff(attempt, 20, 500);
    }
  }
}

import { DomainError, isForGood, toDomainError } from "@trunkline/errors";
import type { ControlCallRequestValid, TransferCall } from "@trunkline/proto/telephony";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { forgetHandover, noteHandover } from "../domain/call.ts";
import { endOffer, openOffer } from "../domain/call-offers.ts";
import type { Handover } from "../domain/call-state.ts";
import { pauseRecording, resumeRecording } from "../domain/recording.ts";
import { checkMine } from "./check-mine.ts";

const IN_HAND = new Set(["talking", "held", "dialling"]);

/** What the exchange then reports changes the call; only what it does not report is written down here. */
export async function controlCall(
  { agents, calls, queues, orderLine, now }: Context,
  { callId, action }: ControlCallRequestValid,
  scope: CallContext,
) {
  const { id: employeeId } = scope.principal;
  const call = await calls.get(scope.tenant, callId);
  const { action: what } = action;
  if (what.case === "decline") {
    const { offerId } = what.value;
    checkMine(openOffer(call, offerId)?.employeeId === employeeId);
    // The call first: it goes to somebody else even if the phone rings on.
    await calls.update(scope, callId, (state) => endOffer(state, { offerId }, "rejected", now()));
    await orderLine(call.connectorId, call, { case: "action", value: action });
    return {};
  }
  checkMine(call.employeeId === employeeId && IN_HAND.has(call.state));
  if (what.case === "transfer") {
    const { handover, order } = handoverOf(what.value, employeeId, now());
    if (handover.queue !== "" && !queues.known(scope.tenant, handover.queue))
      throw new DomainError("not_found", "call_queue_not_found", "there is no such queue", { queueId: handover.queue });
    if (handover.extension !== "" && handover.extension === agents.agent(scope.tenant, employeeId)?.extension)
      throw new DomainError("rule_violated", "transfer_to_oneself", "this is your own extension: choose another");
    await calls.update(scope, callId, (state) => noteHandover(state, handover));
    try {
      await orderLine(call.connectorId, call, { case: "action", value: { action: { case: "transfer", value: order } } });
    } catch (error) {
      // What became of an order without an answer nobody knows.
      if (isForGood(toDomainError(error))) await calls.update(scope, callId, (state) => forgetHandover(state, handover));
      throw error;
    }
    return {};
  }
  const written = RECORDING[what.case as keyof typeof RECORDING];
  written?.(call, employeeId, now());
  await orderLine(call.connectorId, call, { case: "action", value: action });
  if (written) await calls.update(scope, callId, (state) => written(state, employeeId, now()));
  return {};
}

/** The note stays here: the exchange needs none. */
function handoverOf(transfer: TransferCall, employeeId: string, at: number): { readonly handover: Handover; readonly order: TransferCall } {
  const { to, kind, note } = transfer;
  if (to.case === "queue" && kind !== "blind")
    throw new DomainError("invalid", "field_invalid", "kind: a queue cannot be asked first, say blind", { field: "kind" });
  const handover = { extension: "", queue: "", ...(to.case ? { [to.case]: to.value } : {}), employeeId, note: note.trim(), at };
  return { handover, order: { ...transfer, note: "" } };
}

/** Decided before the exchange is asked, so that what makes no sense is refused. */
const RECORDING = { pauseRecording, resumeRecording };

import { abandon, answer, end, hold, joinQueue, leaveQueue, measure, release, resume, transfer } from "../domain/call.ts";
import { consulted, endOffer, offer } from "../domain/call-offers.ts";
import type { CallQueue } from "../domain/call-queue.ts";
import { type Call, type Decided, nothing } from "../domain/call-state.ts";
import { canKeepPlace, keepPlace } from "../domain/queue-callback.ts";
import { endRecording } from "../domain/recording.ts";
import { offerIdOf } from "../facts/call-keys.ts";
import type { PbxFact } from "../facts/facts.ts";

type Who = {
  readonly employeeId: string;
  readonly callId: string;
  readonly queueOf: (queue: string) => CallQueue;
  readonly dialsOut: boolean;
};
type CallFact =
  Exclude<PbxFact, { kind: "snapshot" | "member_changed" | "member_removed" }> extends infer F
    ? F extends { kind: string }
      ? Omit<F, "seq" | "callKey">
      : never
    : never;
/** A snapshot tells less of an answer than the event does. */
type Answered = { readonly kind: "call_answered"; readonly extension: string; readonly at: number; readonly waitMs: number };

/** What a fact of the exchange means for its call. */
export function decideFact(fact: CallFact | Answered, { employeeId, callId, queueOf, dialsOut }: Who): (call: Call) => Decided {
  const { at } = fact;
  switch (fact.kind) {
    case "agent_offered":
      return (call) => offer(call, { offerId: offerIdOf(callId, fact), employeeId, extension: fact.extension }, at);
    case "agent_offer_ended":
      return (call) => endOffer(call, fact, fact.reason, at);
    case "agent_consulted":
      return (call) => consulted(call, fact, at);
    case "call_answered":
      return (call) => {
        const { wrapUp, targetMs } = queueOf(call.queue);
        // Some exchanges tell of the next agent before the one who handed over is off the call.
        const handedOn = call.employeeId === employeeId ? nothing(call) : release(call, call.employeeId, wrapUp, at);
        const answered = answer(handedOn.state, fact.extension, employeeId, Math.round(fact.waitMs), at, targetMs);
        return { state: answered.state, events: [...handedOn.events, ...answered.events] };
      };
    case "call_held":
      return (call) => hold(call, at);
    case "call_resumed":
      return (call) => resume(call, at);
    case "call_transferred":
      return (call) => transfer(call, fact.type, fact.to, at);
    case "agent_released":
      return (call) => release(call, employeeId, queueOf(call.queue).wrapUp, at);
    case "call_abandoned":
      return (call) => abandon(call, Math.round(fact.waitMs), at);
    case "call_left_queue":
      return (call) => leaveQueue(call, fact.reason, Math.round(fact.waitMs), at);
    case "call_refused":
      return (call) => leaveQueue(call, fact.reason, 0, at);
    case "recording_ended":
      return (call) => endRecording(call, fact.durationMs, at);
    case "call_quality":
      return (call) => measure(call, fact);
    case "call_ended":
      return (call) => end(call, fact.causeCode, at);
    case "call_queued":
      return (call) => joinQueue(call, fact.again ? call.queue : fact.queue, queueOf(call.queue).wrapUp, at);
    case "caller_pressed":
      return (call) => {
        const queue = queueOf(call.queue);
        const asks = dialsOut && canKeepPlace(queue, call) && queue.callback?.key === fact.key;
        return asks ? keepPlace(call, at) : nothing(call);
      };
  }
}

import { callKeyOf, linkedidFrom } from "../../facts/call-keys.ts";
import { bounded } from "../../facts/caller.ts";
import type { AgentReleased, LeaveReason, OfferEndReason, UnnumberedFact } from "../../facts/facts.ts";
import { memberExtension } from "../pbx/phones.ts";
import { type AmiFrame, field } from "./frame.ts";
import { type AmiState, callOf, type Offer, type Step, type Talker, type TrackedCall, withCall } from "./state.ts";
import { callerOfFrame } from "./values.ts";

/** Translates one kind of event. */
export type Handler = (state: AmiState, frame: AmiFrame, at: number) => Step;

const NO_PAIRS: TrackedCall["pairs"] = new Map();
const NOTHING: readonly UnnumberedFact[] = [];

export function nothing(state: AmiState): Step {
  return { state, facts: NOTHING };
}

export function changed(state: AmiState, call: TrackedCall, facts: readonly UnnumberedFact[] = NOTHING): Step {
  return { state: withCall(state, call), facts };
}

export function linkedidOf(frame: AmiFrame, prefix = ""): string {
  return linkedidFrom(field(frame, prefix === "" ? "Linkedid" : `${prefix}Linkedid`));
}

export function memberExtensionOf(frame: AmiFrame): string {
  return memberExtension(field(frame, "MemberName"), field(frame, "Interface"));
}

/** The call that a queue's event speaks of; one that nobody saw enter (the connection came later) is followed from here on. */
export function queueCall(state: AmiState, frame: AmiFrame): TrackedCall {
  const linkedid = linkedidOf(frame);
  return callOf(state, linkedid) ?? newCall(frame, linkedid);
}

export function newCall(frame: AmiFrame, linkedid: string): TrackedCall {
  return {
    key: callKeyOf(linkedid),
    caller: callerOfFrame(frame),
    channel: field(frame, "Uniqueid"),
    local: field(frame, "Channel").startsWith("Local/"),
    queue: bounded(field(frame, "Queue")),
    waitsSince: 0,
    waitSeen: false,
    stage: "waiting",
    waitEnd: undefined,
    offers: [],
    talker: undefined,
    pairs: NO_PAIRS,
    held: [],
  };
}

export function findOffer(call: TrackedCall, channel: string): Offer | undefined {
  return call.offers.find((offer) => offer.channel === channel);
}

export function withoutOffer(call: TrackedCall, offer: Offer | undefined): TrackedCall {
  return offer === undefined ? call : { ...call, offers: call.offers.filter((other) => other !== offer) };
}

export function offered(call: TrackedCall, offer: Offer): UnnumberedFact {
  const { extension, queue, via, at, channel } = offer;
  return { kind: "agent_offered", callKey: call.key, at, ...call.caller, extension, queue, via, leg: channel };
}

export function offerEnded(call: TrackedCall, offer: Offer, reason: OfferEndReason, at: number): UnnumberedFact {
  const ringMs = Math.max(0, at - offer.at);
  return { kind: "agent_offer_ended", callKey: call.key, at, extension: offer.extension, reason, ringMs };
}

/** The exchange stopped ringing this phone; it says why when the phone's channel is gone. */
export function withUnanswered(call: TrackedCall, offer: Offer): TrackedCall {
  return { ...call, offers: call.offers.map((other) => (other === offer ? { ...offer, unanswered: true } : other)) };
}

export function released(call: TrackedCall, talker: Talker, reason: AgentReleased["reason"], at: number): UnnumberedFact {
  const talkMs = Math.max(0, at - talker.since);
  return { kind: "agent_released", callKey: call.key, at, extension: talker.extension, reason, talkMs };
}

/** The caller waits no more but is still on the line: that was no abandoning. `reason` is "other" where the exchange names none. */
export function leftQueue(call: TrackedCall, reason: LeaveReason): { call: TrackedCall; facts: readonly UnnumberedFact[] } {
  const { waitEnd } = call;
  if (waitEnd === undefined) return { call, facts: NOTHING };
  const { at, waitMs } = waitEnd;
  const fact: UnnumberedFact = { kind: "call_left_queue", callKey: call.key, at, queue: call.queue, reason, waitMs };
  return { call: { ...call, stage: "elsewhere", waitEnd: undefined }, facts: [fact] };
}

/** How long the caller waited, in ms: to the event if we saw the wait begin, else the exchange's whole seconds. */
export function waitOf(call: TrackedCall, frame: AmiFrame, at: number): { waitMs: number; waitExact: boolean } {
  if (call.waitsSince > 0) return { waitMs: Math.max(0, at - call.waitsSince), waitExact: call.waitSeen };
  return { waitMs: (Number(field(frame, "HoldTime")) || 0) * 1000, waitExact: false };
}

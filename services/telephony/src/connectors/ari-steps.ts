import { bounded, offerEndOfHangup } from "./ami-values.ts";
import type { AriOrder } from "./ari-orders.ts";
import { type AriCall, type AriState, type Leg, type Step, type Talker, viaOf, withLeg, withoutCall } from "./ari-state.ts";
import { bridgeOf } from "./ari-values.ts";
import type { AgentReleased, OfferEndReason, UnnumberedFact } from "./facts.ts";

const NO_ANSWER = 19;

/** The offer's id as a fact carries it: only where there is one. */
function ofOffer({ offerId }: Pick<Leg, "offerId">): { offerId?: string } {
  return offerId === "" ? {} : { offerId };
}

export function offered(call: AriCall, leg: Leg): UnnumberedFact {
  const queue = leg.role === "a" ? call.queue : "";
  const { extension, at } = leg;
  return { kind: "agent_offered", callKey: call.key, at, ...call.caller, extension, queue, via: viaOf(leg), ...ofOffer(leg) };
}

export function offerEnded(call: AriCall, leg: Leg, reason: OfferEndReason, at: number): UnnumberedFact {
  const ringMs = Math.max(0, at - leg.at);
  return { kind: "agent_offer_ended", callKey: call.key, at, extension: leg.extension, reason, ringMs, ...ofOffer(leg) };
}

/** @param cause ITU-T Q.850, of the end of the phone's channel */
export function offerEndOf(leg: Leg, cause: number): OfferEndReason {
  // We hang up what could not be connected.
  if (leg.withdrawn && leg.stage === "joining") return "unavailable";
  if (leg.withdrawn && !leg.unanswered) return "cancelled";
  // Picked up, and down again before the caller was there: that is the agent's doing.
  if (leg.stage !== "ringing") return leg.stage === "joined" ? "cancelled" : "rejected";
  return offerEndOfHangup(cause, leg.rang, leg.unanswered || cause === NO_ANSWER);
}

export function answered(call: AriCall, leg: Leg, at: number): UnnumberedFact {
  return {
    kind: "call_answered",
    callKey: call.key,
    at,
    extension: leg.extension,
    queue: leg.role === "a" ? call.queue : "",
    via: viaOf(leg),
    ...ofOffer(leg),
    waitMs: Math.max(0, at - call.since),
    waitExact: call.sinceSeen,
  };
}

export function released(call: AriCall, talker: Talker, reason: AgentReleased["reason"], at: number): UnnumberedFact {
  const talkMs = Math.max(0, at - talker.since);
  return { kind: "agent_released", callKey: call.key, at, extension: talker.extension, reason, talkMs };
}

export function transferred(call: AriCall, type: "blind" | "attended", from: string, to: string, at: number): UnnumberedFact {
  return { kind: "call_transferred", callKey: call.key, at, from, to, type };
}

export function hangUp(call: Pick<AriCall, "ref">, channel: string, reason: "normal" | "no_answer" = "normal"): AriOrder {
  return { do: "hang_up", call: call.ref, channel, reason };
}

export function hangUpLegs(call: AriCall, except = ""): AriOrder[] {
  return call.legs.filter(({ channel }) => channel !== except).map(({ channel }) => hangUp(call, channel));
}

/** Every leg but one is taken back. */
export function withdrawLegs(call: AriCall, except = ""): AriCall {
  return { ...call, legs: call.legs.map((leg) => (leg.channel === except ? leg : { ...leg, withdrawn: true })) };
}

/** Into the call's bridge, which is made if it is not there. */
export function joinOrders(call: AriCall, channels: readonly string[]): AriOrder[] {
  const bridge = bridgeOf(call.ref);
  return [
    { do: "make_bridge", call: call.ref, bridge },
    { do: "join", call: call.ref, bridge, channels },
  ];
}

/** The waiting caller out of the music and to this leg. */
export function connectOrders(call: AriCall, leg: Leg): AriOrder[] {
  return [{ do: "stop_music", call: call.ref, channel: call.channel }, ...joinOrders(call, [call.channel, leg.channel])];
}

/** Out of the bridge, so that nobody hears the other, and to the music. */
export function parkOrders(call: AriCall): AriOrder[] {
  return [
    { do: "leave", call: call.ref, bridge: bridgeOf(call.ref), channels: [call.channel] },
    { do: "hold_music", call: call.ref, channel: call.channel },
  ];
}

export function unparkOrders(call: AriCall): AriOrder[] {
  return [{ do: "stop_music", call: call.ref, channel: call.channel }, ...joinOrders(call, [call.channel])];
}

/** Both talk from now on; whoever else rang does so no more. */
export function connected(call: AriCall, leg: Leg, at: number): { call: AriCall; facts: UnnumberedFact[]; orders: AriOrder[] } {
  const others = withdrawLegs({ ...call, legs: call.legs.filter(({ channel }) => channel !== leg.channel) });
  const talker: Talker = { channel: leg.channel, extension: leg.extension, since: at };
  const after: AriCall = { ...others, stage: "talking", talker, handover: undefined, hold: "" };
  return { call: after, facts: [answered(call, leg, at)], orders: hangUpLegs(others) };
}

/** The caller's line is down: everything of this call ends. */
export function callerGone(state: AriState, call: AriCall, cause: { code: number; text: string }, at: number): Step {
  const waited = { callKey: call.key, at, queue: call.queue, waitMs: Math.max(0, at - call.since) };
  const waitEnd: UnnumberedFact = call.hangingUp
    ? { kind: "call_left_queue", ...waited, reason: "withdrawn" }
    : { kind: "call_abandoned", ...waited, waitExact: call.sinceSeen };
  const facts: UnnumberedFact[] = [
    ...call.legs.filter((leg) => leg.announced).map((leg) => offerEnded(call, leg, leg.unanswered ? "no_answer" : "cancelled", at)),
    ...(call.talker ? [released(call, call.talker, call.hangingUp ? "agent_hung_up" : "caller_hung_up", at)] : []),
    ...(call.stage === "waiting" ? [waitEnd] : []),
    { kind: "call_ended", callKey: call.key, at, causeCode: cause.code, causeText: bounded(cause.text) },
  ];
  const orders: AriOrder[] = [
    ...hangUpLegs(call),
    ...(call.talker ? [hangUp(call, call.talker.channel)] : []),
    { do: "end_bridge", call: call.ref, bridge: bridgeOf(call.ref) },
  ];
  return { state: withoutCall(state, call.ref), facts, orders };
}

/** The PBX has this phone's channel: from now on it is an offer. */
export function announced(call: AriCall, leg: Leg, at: number): { call: AriCall; leg: Leg; facts: UnnumberedFact[] } {
  if (leg.announced || leg.role === "p") return { call, leg, facts: [] };
  const seen: Leg = { ...leg, announced: true, at };
  if (leg.role !== "t" || call.handover === undefined) return { call: withLeg(call, seen), leg: seen, facts: [offered(call, seen)] };
  const { from, to } = call.handover;
  const facts = [
    transferred(call, "blind", from, to, at),
    ...(call.talker ? [released(call, call.talker, "transferred", at)] : []),
    offered(call, seen),
  ];
  const after: AriCall = { ...call, stage: "elsewhere", since: at, sinceSeen: true, talker: undefined, handover: undefined, hold: "" };
  return { call: withLeg(after, seen), leg: seen, facts };
}

import { bounded } from "../../facts/caller.ts";
import type { AgentReleased, OfferEndReason, UnnumberedFact } from "../../facts/facts.ts";
import { offerEndOfHangup } from "../pbx/phones.ts";
import type { RoutedOrder } from "./orders.ts";
import { type Leg, type RoutedCall, type RoutedState, type Step, type Talker, viaOf, withLeg, withoutCall } from "./state.ts";
import { bridgeOf } from "./values.ts";

const NO_ANSWER = 19;

/** The offer's id as a fact carries it: only where there is one. */
export function ofOffer({ offerId }: Pick<Leg, "offerId">): { offerId?: string } {
  return offerId === "" ? {} : { offerId };
}

function offered(call: RoutedCall, leg: Leg): UnnumberedFact {
  const queue = leg.role === "a" ? call.queue : "";
  const { extension, at } = leg;
  return { kind: "agent_offered", callKey: call.key, at, ...call.caller, extension, queue, via: viaOf(leg), ...ofOffer(leg) };
}

export function offerEnded(call: RoutedCall, leg: Leg, reason: OfferEndReason, at: number): UnnumberedFact {
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

export function consulted(call: RoutedCall, leg: Leg, at: number): UnnumberedFact {
  return { kind: "agent_consulted", callKey: call.key, at, extension: leg.extension, ...ofOffer(leg) };
}

export function answered(call: RoutedCall, leg: Pick<Leg, "role" | "extension" | "offerId">, at: number): UnnumberedFact {
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

export function released(call: RoutedCall, talker: Talker, reason: AgentReleased["reason"], at: number): UnnumberedFact {
  const talkMs = Math.max(0, at - talker.since);
  return { kind: "agent_released", callKey: call.key, at, extension: talker.extension, reason, talkMs };
}

export function transferred(call: RoutedCall, type: "blind" | "attended", from: string, to: string, at: number): UnnumberedFact {
  return { kind: "call_transferred", callKey: call.key, at, from, to, type };
}

export function hangUp(call: Pick<RoutedCall, "ref">, channel: string, reason: "normal" | "no_answer" = "normal"): RoutedOrder {
  return { do: "hang_up", call: call.ref, channel, reason };
}

export function hangUpLegs(call: RoutedCall, except = ""): RoutedOrder[] {
  return call.legs.filter(({ channel }) => channel !== except).map(({ channel }) => hangUp(call, channel));
}

/** Every leg but one is taken back. */
export function withdrawLegs(call: RoutedCall, except = ""): RoutedCall {
  return { ...call, legs: call.legs.map((leg) => (leg.channel === except ? leg : { ...leg, withdrawn: true })) };
}

/** Into the call's bridge, which is made if it is not there. */
export function joinOrders(call: RoutedCall, channels: readonly string[]): RoutedOrder[] {
  const bridge = bridgeOf(call.ref);
  return [
    { do: "make_bridge", call: call.ref, bridge },
    { do: "join", call: call.ref, bridge, channels },
  ];
}

/** The waiting caller out of the music and to this leg. */
export function connectOrders(call: RoutedCall, leg: Leg): RoutedOrder[] {
  return [{ do: "stop_music", call: call.ref, channel: call.channel }, ...joinOrders(call, [call.channel, leg.channel])];
}

/** Out of the bridge, so that nobody hears the other, and to the music. */
export function parkOrders(call: RoutedCall): RoutedOrder[] {
  return [
    { do: "leave", call: call.ref, bridge: bridgeOf(call.ref), channels: [call.channel] },
    { do: "hold_music", call: call.ref, channel: call.channel },
  ];
}

export function unparkOrders(call: RoutedCall): RoutedOrder[] {
  return [{ do: "stop_music", call: call.ref, channel: call.channel }, ...joinOrders(call, [call.channel])];
}

/** Both talk from now on; whoever else rang does so no more. */
export function connected(call: RoutedCall, leg: Leg, at: number): { call: RoutedCall; facts: UnnumberedFact[]; orders: RoutedOrder[] } {
  const others = withdrawLegs({ ...call, legs: call.legs.filter(({ channel }) => channel !== leg.channel) });
  const talker: Talker = { channel: leg.channel, extension: leg.extension, since: at };
  const after: RoutedCall = { ...others, stage: "talking", talker, handover: undefined, hold: "" };
  return { call: after, facts: [answered(call, leg, at)], orders: hangUpLegs(others) };
}

/** The caller's line is down: everything of this call ends. */
export function callerGone(state: RoutedState, call: RoutedCall, cause: { code: number; text: string }, at: number): Step {
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
  const orders: RoutedOrder[] = [
    ...hangUpLegs(call),
    ...(call.talker ? [hangUp(call, call.talker.channel)] : []),
    { do: "end_bridge", call: call.ref, bridge: bridgeOf(call.ref) },
  ];
  return { state: withoutCall(state, call.ref), facts, orders };
}

/** The PBX has this phone's channel: from now on it is an offer. */
export function announced(call: RoutedCall, leg: Leg, at: number): { call: RoutedCall; leg: Leg; facts: UnnumberedFact[] } {
  if (leg.announced || leg.role === "p") return { call, leg, facts: [] };
  const seen: Leg = { ...leg, announced: true, at };
  if (leg.role !== "t" || call.handover === undefined) return { call: withLeg(call, seen), leg: seen, facts: [offered(call, seen)] };
  const { from, to } = call.handover;
  const facts = [
    transferred(call, "blind", from, to, at),
    ...(call.talker ? [released(call, call.talker, "transferred", at)] : []),
    offered(call, seen),
  ];
  const after: RoutedCall = { ...call, stage: "elsewhere", since: at, sinceSeen: true, talker: undefined, handover: undefined, hold: "" };
  return { call: withLeg(after, seen), leg: seen, facts };
}

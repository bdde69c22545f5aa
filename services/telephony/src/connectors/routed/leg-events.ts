import type { UnnumberedFact } from "../../facts/facts.ts";
import { waitsAgain } from "./caller-events.ts";
import type { RoutedEvent } from "./events.ts";
import type { RoutedOrder } from "./orders.ts";
import {
  changed,
  findLeg,
  type Leg,
  nothing,
  type RoutedCall,
  type RoutedState,
  type Step,
  type Talker,
  withLeg,
  withoutLeg,
} from "./state.ts";
import {
  announced,
  callerGone,
  connected,
  connectOrders,
  consulted,
  hangUp,
  joinOrders,
  offerEnded,
  offerEndOf,
  parkOrders,
  released,
  transferred,
  unparkOrders,
} from "./steps.ts";
import { bridgeOf } from "./values.ts";

/** Phones of agents: they ring, are picked up, talk and go. */

/** A phone that nobody takes does not ring on for ever, also when we are gone. */
export const TRANSFER_RING_MS = 30_000;
export const CUSTOMER_RING_S = 60;

/** The PBX has made this phone's channel, though perhaps no event said so (the connection was cut). */
export function legTaken(state: RoutedState, call: RoutedCall, leg: Leg, at: number): Step {
  const seen = announced(call, leg, at);
  return seen.facts.length === 0 ? nothing(state) : changed(state, seen.call, seen.facts);
}

export function legProgresses(state: RoutedState, call: RoutedCall, leg: Leg, { channel, dialStatus }: RoutedEvent, at: number): Step {
  const seen = announced(call, leg, at);
  const rings = channel.state === "Ringing" || dialStatus === "RINGING";
  if (leg.role === "p" && channel.state === "Up") return placeTaken(state, call, leg, at);
  if (seen.facts.length === 0 && (!rings || leg.rang)) return nothing(state);
  return changed(state, rings ? withLeg(seen.call, { ...seen.leg, rang: true }) : seen.call, seen.facts);
}

/** The target of a transfer by phone has picked up; it stands in the bridge already. Before the PBX named it, nothing can be told. */
function placeTaken(state: RoutedState, call: RoutedCall, leg: Leg, at: number): Step {
  if (!leg.announced) return changed(state, withLeg(call, { ...leg, stage: "joining" }));
  const both = connected(call, leg, at);
  return changed(state, both.call, both.facts, both.orders);
}

/** A phone was picked up. */
export function legEnters(state: RoutedState, call: RoutedCall | undefined, { channel }: RoutedEvent, ref: string, at: number): Step {
  const leg = call && findLeg(call, channel.id);
  if (call?.talker?.channel === channel.id) return nothing(state);
  if (call === undefined || leg === undefined) return { ...nothing(state), orders: [hangUp({ ref }, channel.id)] };
  if (leg.stage !== "ringing") return nothing(state);
  const seen = announced(call, leg, at);
  if (leg.withdrawn) return changed(state, seen.call, seen.facts, [hangUp(call, channel.id)]);
  const next = pickedUp(seen.call, seen.leg);
  return changed(state, next.call, seen.facts, next.orders);
}

function pickedUp(call: RoutedCall, leg: Leg): { call: RoutedCall; orders: RoutedOrder[] } {
  const joining = withLeg(call, { ...leg, stage: "joining" });
  switch (leg.role) {
    case "a":
      return {
        call: withLeg(call, { ...leg, stage: "asking" }),
        orders: [{ do: "ask", call: call.ref, channel: leg.channel, offerId: leg.offerId }],
      };
    case "c":
      return { call: joining, orders: joinOrders(call, [leg.channel]) };
    case "o":
      return dialCustomer(joining, leg);
    default:
      return { call: joining, orders: connectOrders(call, leg) };
  }
}

function dialCustomer(call: RoutedCall, leg: Leg): { call: RoutedCall; orders: RoutedOrder[] } {
  if (call.out === undefined) return { call, orders: [hangUp(call, leg.channel)] };
  const { endpoint, callerId } = call.out;
  const args = ["customer", call.caller.callerNumber];
  return {
    call: { ...call, out: { ...call.out, dialled: true } },
    orders: [
      { do: "ring_back", call: call.ref, channel: leg.channel },
      { do: "dial", call: call.ref, channel: call.channel, endpoint, args, callerId, timeoutS: CUSTOMER_RING_S },
    ],
  };
}

/** Whether the offer is still current: only then are the two connected. */
export function legAccepted(state: RoutedState, call: RoutedCall, leg: Leg, current: boolean): Step {
  if (leg.stage !== "asking") return nothing(state);
  const taken = call.stage !== "waiting" || call.hungUp || call.hangingUp || call.legs.some(({ stage }) => stage === "joining");
  if (!current || taken || leg.withdrawn)
    return changed(state, withLeg(call, { ...leg, withdrawn: true }), [], [hangUp(call, leg.channel)]);
  return changed(state, withLeg(call, { ...leg, stage: "joining" }), [], connectOrders(call, leg));
}

/** It rang as long as it may. */
export function ringOver(state: RoutedState, call: RoutedCall, leg: Leg): Step {
  if (leg.stage !== "ringing" || leg.withdrawn) return nothing(state);
  return changed(state, withLeg(call, { ...leg, unanswered: true, withdrawn: true }), [], [hangUp(call, leg.channel, "no_answer")]);
}

/** Somebody came into the call's bridge: who is in it now says what that means. */
export function bridgeEntered(state: RoutedState, call: RoutedCall, bridge: RoutedEvent["bridge"], at: number): Step {
  if (bridge.id !== bridgeOf(call.ref)) return nothing(state);
  const inside = (channel: string) => bridge.channels.includes(channel);
  const leg = call.legs.find(({ channel, stage, role }) => stage === "joining" && role !== "p" && inside(channel));
  if (leg?.role === "c" && !inside(call.channel)) {
    return changed(state, withLeg(call, { ...leg, stage: "joined" }), [consulted(call, leg, at)]);
  }
  if (!inside(call.channel)) return nothing(state);
  if (leg !== undefined) {
    const both = connected(call, leg, at);
    return changed(state, both.call, both.facts, both.orders);
  }
  if (call.hold !== "coming") return nothing(state);
  const fact = { kind: "call_resumed", callKey: call.key, at, extension: call.talker?.extension ?? "" } as const;
  return changed(state, { ...call, hold: "" }, [fact]);
}

/** A phone's channel is down. */
export function legGone(state: RoutedState, call: RoutedCall, leg: Leg, { cause, causeText }: RoutedEvent, at: number): Step {
  const seen = announced(call, leg, at);
  const told = seen.leg.announced ? [...seen.facts, offerEnded(seen.call, seen.leg, offerEndOf(seen.leg, cause), at)] : [];
  const after = withoutLeg(seen.call, leg.channel);
  switch (leg.role) {
    case "a":
      return changed(state, after, told, leg.stage === "joining" ? parkOrders(call) : []);
    case "c":
      return changed(state, { ...after, handover: undefined, hold: "coming" }, told, unparkOrders(call));
    case "o":
      if (call.out?.dialled === true) return changed(state, { ...after, hangingUp: true }, told, [hangUp(call, call.channel)]);
      return withFirst(told, callerGone(state, after, { code: cause, text: causeText }, at));
    default:
      return nobodyTook(state, after, leg, told, at);
  }
}

/** The caller was handed on blindly and nobody took the call: they wait in their queue again. Who came by none has nowhere to wait. */
function nobodyTook(state: RoutedState, call: RoutedCall, leg: Leg, told: readonly UnnumberedFact[], at: number): Step {
  if (call.queue === "" || call.hungUp || call.hangingUp)
    return changed(state, { ...call, hangingUp: true }, told, [hangUp(call, call.channel)]);
  const waits = waitsAgain(state, call, at);
  // A phone that was picked up, and was gone before the two were connected, leaves the caller without the music.
  const parked = leg.role === "p" || leg.stage === "joining" ? parkOrders(call) : [];
  return changed(state, waits.call, [...told, waits.fact], parked);
}

function withFirst(facts: readonly UnnumberedFact[], step: Step): Step {
  return { ...step, facts: [...facts, ...step.facts] };
}

/** Who talked to the caller is gone: the caller goes too, unless somebody is to take over. */
export function talkerGone(state: RoutedState, call: RoutedCall, talker: Talker, at: number): Step {
  const target = call.legs.find(({ role, withdrawn }) => (role === "c" && !withdrawn) || role === "t" || role === "p");
  if (target?.role === "c") return consultationOver(state, call, talker, target, at);
  if (target !== undefined) {
    return changed(state, { ...call, talker: undefined, stage: "elsewhere" }, [released(call, talker, "transferred", at)]);
  }
  const facts = [released(call, talker, "agent_hung_up", at)];
  return changed(state, { ...call, talker: undefined, stage: "elsewhere", hold: "", hangingUp: true }, facts, [hangUp(call, call.channel)]);
}

/** The first agent hands over: to the second if they talk, else to a phone that still rings. */
function consultationOver(state: RoutedState, call: RoutedCall, talker: Talker, target: Leg, at: number): Step {
  const talks = target.stage === "joined";
  const resumed = { kind: "call_resumed", callKey: call.key, at, extension: talker.extension } as const;
  const facts: UnnumberedFact[] = [
    ...(call.hold === "on" ? [resumed] : []),
    transferred(call, talks ? "attended" : "blind", talker.extension, target.extension, at),
    released(call, talker, "transferred", at),
  ];
  const next: Leg = { ...target, role: "t", stage: talks ? "joining" : target.stage };
  const after: RoutedCall = { ...withLeg(call, next), talker: undefined, stage: "elsewhere", hold: "", handover: undefined };
  const waits = { ...after, since: at, sinceSeen: true };
  return changed(state, waits, facts, talks ? unparkOrders(call) : []);
}

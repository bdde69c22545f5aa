import type { AriEvent } from "./ari-events.ts";
import type { AriOrder } from "./ari-orders.ts";
import {
  type AriCall,
  type AriState,
  changed,
  findLeg,
  type Leg,
  nothing,
  type Step,
  type Talker,
  withLeg,
  withoutLeg,
} from "./ari-state.ts";
import {
  announced,
  answered,
  callerGone,
  connected,
  connectOrders,
  hangUp,
  joinOrders,
  offerEnded,
  offerEndOf,
  parkOrders,
  released,
  transferred,
  unparkOrders,
} from "./ari-steps.ts";
import { bridgeOf } from "./ari-values.ts";
import type { UnnumberedFact } from "./facts.ts";

/** Phones of agents: they ring, are picked up, talk and go. */

/** A phone that nobody takes does not ring on for ever, also when we are gone. */
export const TRANSFER_RING_MS = 30_000;
export const CUSTOMER_RING_S = 60;

/** The PBX has made this phone's channel, though perhaps no event said so (the connection was cut). */
export function legTaken(state: AriState, call: AriCall, leg: Leg, at: number): Step {
  const seen = announced(call, leg, at);
  return seen.facts.length === 0 ? nothing(state) : changed(state, seen.call, seen.facts);
}

export function legProgresses(state: AriState, call: AriCall, leg: Leg, { channel, dialStatus }: AriEvent, at: number): Step {
  const seen = announced(call, leg, at);
  const rings = channel.state === "Ringing" || dialStatus === "RINGING";
  if (leg.role === "p" && channel.state === "Up") return placeTaken(state, call, leg, at);
  if (seen.facts.length === 0 && (!rings || leg.rang)) return nothing(state);
  return changed(state, rings ? withLeg(seen.call, { ...seen.leg, rang: true }) : seen.call, seen.facts);
}

/** The target of a transfer by phone has picked up; it stands in the bridge already. Before the PBX named it, nothing can be told. */
function placeTaken(state: AriState, call: AriCall, leg: Leg, at: number): Step {
  if (!leg.announced) return changed(state, withLeg(call, { ...leg, stage: "joining" }));
  const both = connected(call, leg, at);
  return changed(state, both.call, both.facts, both.orders);
}

/** A phone was picked up. */
export function legEnters(state: AriState, call: AriCall | undefined, { channel }: AriEvent, ref: string, at: number): Step {
  const leg = call && findLeg(call, channel.id);
  if (call?.talker?.channel === channel.id) return nothing(state);
  if (call === undefined || leg === undefined) return { ...nothing(state), orders: [hangUp({ ref }, channel.id)] };
  if (leg.stage !== "ringing") return nothing(state);
  const seen = announced(call, leg, at);
  if (leg.withdrawn) return changed(state, seen.call, seen.facts, [hangUp(call, channel.id)]);
  const next = pickedUp(seen.call, seen.leg);
  return changed(state, next.call, seen.facts, next.orders);
}

export function pickedUp(call: AriCall, leg: Leg): { call: AriCall; orders: AriOrder[] } {
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

function dialCustomer(call: AriCall, leg: Leg): { call: AriCall; orders: AriOrder[] } {
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
export function legAccepted(state: AriState, call: AriCall, leg: Leg, current: boolean): Step {
  if (leg.stage !== "asking") return nothing(state);
  const taken = call.stage !== "waiting" || call.hungUp || call.hangingUp || call.legs.some(({ stage }) => stage === "joining");
  if (!current || taken || leg.withdrawn)
    return changed(state, withLeg(call, { ...leg, withdrawn: true }), [], [hangUp(call, leg.channel)]);
  return changed(state, withLeg(call, { ...leg, stage: "joining" }), [], connectOrders(call, leg));
}

/** It rang as long as it may. */
export function ringOver(state: AriState, call: AriCall, leg: Leg): Step {
  if (leg.stage !== "ringing" || leg.withdrawn) return nothing(state);
  return changed(state, withLeg(call, { ...leg, unanswered: true, withdrawn: true }), [], [hangUp(call, leg.channel, "no_answer")]);
}

/** Somebody came into the call's bridge: who is in it now says what that means. */
export function bridgeEntered(state: AriState, call: AriCall, bridge: AriEvent["bridge"], at: number): Step {
  if (bridge.id !== bridgeOf(call.ref)) return nothing(state);
  const inside = (channel: string) => bridge.channels.includes(channel);
  const leg = call.legs.find(({ channel, stage, role }) => stage === "joining" && role !== "p" && inside(channel));
  if (leg?.role === "c" && !inside(call.channel)) return changed(state, withLeg(call, { ...leg, stage: "joined" }));
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
export function legGone(state: AriState, call: AriCall, leg: Leg, { cause, causeText }: AriEvent, at: number): Step {
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
      // The caller was handed on and nobody took the call: that is what blind means.
      return changed(state, { ...after, hangingUp: true }, told, [hangUp(call, call.channel)]);
  }
}

function withFirst(facts: readonly UnnumberedFact[], step: Step): Step {
  return { ...step, facts: [...facts, ...step.facts] };
}

/** Who talked to the caller is gone: the caller goes too, unless somebody is to take over. */
export function talkerGone(state: AriState, call: AriCall, talker: Talker, at: number): Step {
  const target = call.legs.find(({ role }) => role === "c" || role === "t" || role === "p");
  if (target?.role === "c") return consultationOver(state, call, talker, target, at);
  if (target !== undefined) {
    return changed(state, { ...call, talker: undefined, stage: "elsewhere" }, [released(call, talker, "transferred", at)]);
  }
  const facts = [released(call, talker, "agent_hung_up", at)];
  return changed(state, { ...call, talker: undefined, stage: "elsewhere", hold: "", hangingUp: true }, facts, [hangUp(call, call.channel)]);
}

/** The first agent hands over: to the second if they talk, else to a phone that still rings. */
function consultationOver(state: AriState, call: AriCall, talker: Talker, target: Leg, at: number): Step {
  const talks = target.stage === "joined";
  const resumed = { kind: "call_resumed", callKey: call.key, at, extension: talker.extension } as const;
  const facts: UnnumberedFact[] = [
    ...(call.hold === "on" ? [resumed] : []),
    transferred(call, talks ? "attended" : "blind", talker.extension, target.extension, at),
    released(call, talker, "transferred", at),
  ];
  const next: Leg = { ...target, role: "t", stage: talks ? "joining" : target.stage };
  const after: AriCall = { ...withLeg(call, next), talker: undefined, stage: "elsewhere", hold: "", handover: undefined };
  const waits = { ...after, since: at, sinceSeen: true };
  return changed(state, waits, facts, talks ? unparkOrders(call) : []);
}

/** The agent's own phone handed over; the PBX has put a channel of its own in the agent's place. */
export function transferredByPhone(state: AriState, call: AriCall, event: AriEvent, to: string, at: number): Step {
  const type = event.type === "BridgeBlindTransfer" ? "blind" : "attended";
  const { talker } = call;
  const leg = call.legs.find(({ role, channel }) => role === "p" && (event.replace === "" || channel === event.replace));
  const facts: UnnumberedFact[] = [
    transferred(call, type, talker?.extension ?? "", to, at),
    ...(talker ? [released(call, talker, "transferred", at)] : []),
  ];
  const orders = talker ? [hangUp(call, talker.channel)] : [];
  const after: AriCall = { ...call, talker: undefined, stage: "elsewhere", since: at, sinceSeen: true };
  if (leg === undefined) return changed(state, after, facts, orders);
  const target: Leg = { ...leg, extension: to, announced: true, at };
  if (leg.stage === "joining") {
    const next: Talker = { channel: leg.channel, extension: to, since: at };
    const talking: AriCall = { ...withoutLeg(after, leg.channel), stage: "talking", talker: next };
    return changed(state, talking, [...facts, answered(after, target, at)], orders);
  }
  const offer = { kind: "agent_offered", callKey: call.key, at, ...call.caller, extension: to, queue: "", via: "transfer" } as const;
  return changed(state, withLeg(after, target), [...facts, offer], orders);
}

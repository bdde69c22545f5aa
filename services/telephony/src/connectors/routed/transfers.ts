import { bounded } from "../../facts/caller.ts";
import type { UnnumberedFact } from "../../facts/facts.ts";
import { callerLeaves } from "./caller-events.ts";
import type { RoutedChannel, RoutedEvent } from "./events.ts";
import {
  changed,
  type Leg,
  nothing,
  type RoutedCall,
  type RoutedState,
  type Step,
  type Talker,
  withAlias,
  withLeg,
  withoutLeg,
} from "./state.ts";
import { answered, hangUp, released, transferred } from "./steps.ts";

/** Transfers that the agent's own phone makes. */

/** The agent's own phone handed over; the PBX has put a channel of its own in the agent's place. */
export function transferredByPhone(state: RoutedState, call: RoutedCall, event: RoutedEvent, to: string, at: number): Step {
  const type = event.type === "transferred_blind" ? "blind" : "attended";
  const { talker } = call;
  const leg = call.legs.find(({ role, channel }) => role === "p" && (event.replace === "" || channel === event.replace));
  // Told before, by another event.
  if (talker?.channel !== event.channel.id && leg === undefined) return nothing(state);
  const facts: UnnumberedFact[] = [
    transferred(call, type, talker?.extension ?? "", to, at),
    ...(talker ? [released(call, talker, "transferred", at)] : []),
  ];
  const orders = talker ? [hangUp(call, talker.channel)] : [];
  const after: RoutedCall = { ...call, talker: undefined, stage: "elsewhere", since: at, sinceSeen: true };
  if (leg === undefined) {
    return changed(state, { ...after, handover: { kind: type, from: talker?.extension ?? "", to } }, facts, orders);
  }
  const target: Leg = { ...leg, extension: to, announced: true, at };
  if (leg.stage === "joining") {
    const next: Talker = { channel: leg.channel, extension: to, since: at };
    const talking: RoutedCall = { ...withoutLeg(after, leg.channel), stage: "talking", talker: next };
    return changed(state, talking, [...facts, answered(after, target, at)], orders);
  }
  const offer = { kind: "agent_offered", callKey: call.key, at, ...call.caller, extension: to, queue: "", via: "transfer" } as const;
  return changed(state, withLeg(after, target), [...facts, offer], orders);
}

/** The caller and somebody whom we did not dial hear each other: the target of a transfer by phone, or the caller was taken from us. */
export function callerReaches(state: RoutedState, call: RoutedCall, target: RoutedChannel, at: number): Step {
  const { talker, handover } = call;
  if (call.hungUp || call.hangingUp || talker?.channel === target.id) return nothing(state);
  if (call.stage === "waiting") return callerLeaves(state, call, at);
  if (call.legs.length > 0 || (talker === undefined && handover === undefined)) return nothing(state);
  const extension = (talker === undefined && handover?.to) || bounded(target.exten);
  const told: UnnumberedFact[] = talker
    ? [transferred(call, "attended", talker.extension, extension, at), released(call, talker, "transferred", at)]
    : [];
  const since = talker ? at : call.since;
  const next: RoutedCall = {
    ...call,
    stage: "talking",
    talker: { channel: target.id, extension, since: at },
    handover: undefined,
    hold: "",
    since,
  };
  const answer = answered({ ...next, sinceSeen: true }, { role: "p", extension, offerId: "" }, at);
  const orders = talker ? [hangUp(call, talker.channel)] : [];
  return changed(withAlias(state, target.id, call.ref), next, [...told, answer], orders);
}

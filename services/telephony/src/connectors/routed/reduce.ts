import { bounded } from "../../facts/caller.ts";
import { extensionOf } from "../pbx/phones.ts";
import { callerEnters, callerHangsUp, callerIsGone, callerLeaves, callerOutOfBridge, phoneHolds, phoneResumes } from "./caller-events.ts";
import { decideCommand, type RoutedCommand } from "./commands.ts";
import type { Measured, RoutedBridge, RoutedChannel, RoutedEvent } from "./events.ts";
import { bridgeEntered, legAccepted, legEnters, legGone, legProgresses, legTaken, ringOver, talkerGone } from "./leg-events.ts";
import { onListener } from "./listening.ts";
import type { RoutedOrder } from "./orders.ts";
import {
  callByRef,
  callOfChannel,
  changed,
  findLeg,
  nothing,
  type RoutedCall,
  type RoutedState,
  type Step,
  withLeg,
  withoutCall,
  withoutLeg,
} from "./state.ts";
import { callerGone, hangUp } from "./steps.ts";
import { snapshotStep } from "./sync.ts";
import { callerReaches, transferredByPhone } from "./transfers.ts";
import { bridgeOf, legOf, listenerOf, refOfBridge } from "./values.ts";

export type RoutedInput =
  | { readonly type: "event"; readonly event: RoutedEvent }
  | { readonly type: "command"; readonly command: RoutedCommand }
  /** Whether the offer of a phone that was picked up is still current. */
  | { readonly type: "accepted"; readonly channel: string; readonly current: boolean }
  | { readonly type: "ring_over"; readonly channel: string }
  /** The PBX has made the channel that was ordered. */
  | { readonly type: "taken"; readonly channel: string }
  /** An order that the PBX did not take. */
  | { readonly type: "failed"; readonly order: RoutedOrder }
  /** The PBX knows no such channel. */
  | { readonly type: "gone"; readonly channel: string }
  | { readonly type: "measured"; readonly channel: string; readonly quality: Measured }
  | { readonly type: "snapshot"; readonly channels: readonly RoutedChannel[]; readonly bridges: readonly RoutedBridge[] };

/**
 * What follows from one thing that happened: facts, and orders to the PBX. Pure: the same state, input and time give the same result.
 * @param now UTC epoch ms, used where the PBX did not stamp the event
 * @throws DomainError of a command that cannot be done; never of anything else
 */
export function reduceRouted(state: RoutedState, input: RoutedInput, now: number): Step {
  switch (input.type) {
    case "event":
      return onEvent(state, input.event, input.event.at || now);
    case "command":
      return decideCommand(state, input.command, now);
    case "accepted":
      return withLegOf(state, input.channel, (call, leg) => legAccepted(state, call, leg, input.current));
    case "ring_over":
      return withLegOf(state, input.channel, (call, leg) => ringOver(state, call, leg));
    case "taken":
      return withLegOf(state, input.channel, (call, leg) => legTaken(state, call, leg, now));
    case "failed":
      return onFailed(state, input.order);
    case "gone":
      return callerIsGone(state, input.channel, now);
    case "measured":
      return measured(state, input.channel, input.quality, now);
    case "snapshot":
      return snapshotStep(state, input.channels, input.bridges, now);
  }
}

type LegStep = (call: RoutedCall, leg: NonNullable<ReturnType<typeof findLeg>>) => Step;

function withLegOf(state: RoutedState, channel: string, step: LegStep): Step {
  const call = callOfChannel(state, channel);
  const leg = call && findLeg(call, channel);
  return call === undefined || leg === undefined ? nothing(state) : step(call, leg);
}

function onEvent(state: RoutedState, event: RoutedEvent, at: number): Step {
  const { channel } = event;
  if (event.type === "recording_over") return recordingOver(state, event, at);
  const listener = listenerOf(channel.id);
  if (listener !== undefined) return onListener(state, event, listener);
  const own = legOf(channel.id);
  const call = callOfChannel(state, channel.id) ?? (event.transferee === "" ? undefined : callOfChannel(state, event.transferee));
  if (event.type === "entered") {
    return own === undefined ? callerEnters(state, event, at) : legEnters(state, call, event, own.ref, at);
  }
  if (call === undefined) return own === undefined ? nothing(state) : unknownLeg(state, event, own.ref);
  const leg = findLeg(call, channel.id);
  const isCaller = call.channel === channel.id;
  switch (event.type) {
    case "state_changed":
    case "dialled":
      if (leg !== undefined) return legProgresses(state, call, leg, event, at);
      return own === undefined || call.talker?.channel === channel.id ? nothing(state) : unknownLeg(state, event, own.ref);
    case "hanging_up":
      return isCaller ? callerHangsUp(state, call) : nothing(state);
    case "left":
      return isCaller ? callerLeaves(state, call, at) : nothing(state);
    case "gone":
      if (isCaller) return callerGone(state, call, { code: event.cause, text: event.causeText }, at);
      if (leg !== undefined) return legGone(state, call, leg, event, at);
      return call.talker?.channel === channel.id ? talkerGone(state, call, call.talker, at) : nothing(state);
    case "joined":
      return bridgeEntered(state, call, event.bridge, at);
    case "parted":
      return isCaller ? callerOutOfBridge(state, call, at) : nothing(state);
    case "pressed": {
      const key = /^[0-9*#]$/.exec(event.digit)?.[0];
      if (key === undefined || !isCaller || call.stage !== "waiting") return nothing(state);
      return { ...nothing(state), facts: [{ kind: "caller_pressed", callKey: call.key, at, key }] };
    }
    case "phone_held":
      return phoneHolds(state, call, channel.id, at);
    case "phone_resumed":
      return phoneResumes(state, call, channel.id, at);
    case "transferred_blind":
      return event.success ? transferredByPhone(state, call, event, bounded(event.exten), at) : nothing(state);
    case "transferred_attended":
      return event.success ? transferredByPhone(state, call, event, extensionOf(event.target.name), at) : nothing(state);
    case "reached":
      return isCaller ? callerReaches(state, call, event.target, at) : nothing(state);
    default:
      return nothing(state);
  }
}

function measured(state: RoutedState, channel: string, quality: Measured, at: number): Step {
  const call = callOfChannel(state, channel);
  return call === undefined ? nothing(state) : { ...nothing(state), facts: [{ kind: "call_quality", callKey: call.key, at, ...quality }] };
}

function recordingOver(state: RoutedState, { bridge, durationMs }: RoutedEvent, at: number): Step {
  const call = callByRef(state, refOfBridge(bridge.id) ?? "");
  return call === undefined
    ? nothing(state)
    : { ...nothing(state), facts: [{ kind: "recording_ended", callKey: call.key, at, durationMs }] };
}

/** A phone begins to ring that nobody here has ordered: an owner before us did, who did not know that they are it no more. */
function unknownLeg(state: RoutedState, { type, channel, dialStatus }: RoutedEvent, ref: string): Step {
  const rings = dialStatus === "RINGING" || (type === "state_changed" && channel.state === "Ringing");
  return rings ? { ...nothing(state), orders: [hangUp({ ref }, channel.id)] } : nothing(state);
}

function onFailed(state: RoutedState, order: RoutedOrder): Step {
  const call = callByRef(state, order.call);
  if (call === undefined) return nothing(state);
  if (order.do === "dial") return dialFailed(state, call, order.channel);
  if ((order.do !== "join" && order.do !== "make_bridge") || order.bridge !== bridgeOf(call.ref)) return nothing(state);
  const leg = call.legs.find(({ stage, role }) => stage === "joining" && role !== "p");
  // Whatever the phone was for, it cannot be connected: when it is down, that is told, and the caller waits on or is let go.
  if (leg !== undefined) return changed(state, withLeg(call, { ...leg, withdrawn: true }), [], [hangUp(call, leg.channel)]);
  return call.hold === "coming" ? changed(state, { ...call, hold: "on" }) : nothing(state);
}

function dialFailed(state: RoutedState, call: RoutedCall, channel: string): Step {
  if (channel === call.channel) {
    const [leg] = call.legs;
    const after: RoutedCall = { ...call, out: call.out && { ...call.out, dialled: false } };
    return leg === undefined ? nothing(state) : changed(state, after, [], [hangUp(call, leg.channel)]);
  }
  const leg = findLeg(call, channel);
  if (leg === undefined || leg.announced) return nothing(state);
  // The PBX may have taken the order all the same, only too late for us.
  const orders = [hangUp(call, channel)];
  if (leg.role === "o") return { state: withoutCall(state, call.ref), facts: [], orders };
  const hold = call.hold === "going" ? "" : call.hold;
  return changed(state, { ...withoutLeg(call, channel), handover: undefined, hold }, [], orders);
}

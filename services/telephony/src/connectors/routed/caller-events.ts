import { isCustomer, isWaitingChannel } from "../../facts/call-keys.ts";
import type { UnnumberedFact } from "../../facts/facts.ts";
import type { RoutedEvent } from "./events.ts";
import type { RoutedOrder } from "./orders.ts";
import {
  callOfChannel,
  changed,
  findLeg,
  nothing,
  type RoutedCall,
  type RoutedState,
  type Step,
  waitingIn,
  withAlias,
  withLeg,
} from "./state.ts";
import { callerGone, connectOrders, hangUp, hangUpLegs, released, withdrawLegs } from "./steps.ts";
import { bridgeOf, callerOfChannel, keyOf, queueOf, refOf, verdictOf } from "./values.ts";

/** Callers: into the application, out of it, and the end of their line. */

export function newCall(event: Pick<RoutedEvent, "channel" | "args">, at: number): RoutedCall {
  const { channel, args } = event;
  return {
    ref: refOf(channel.id),
    key: keyOf(channel),
    // The exchange shows of a channel that we dialled whom it showed us as, not who it is.
    caller: { ...callerOfChannel(isWaitingChannel(channel.id) ? { ...channel, number: args[2] ?? "" } : channel), ...verdictOf(args[1]) },
    channel: channel.id,
    queue: queueOf(args, channel.exten),
    since: at,
    sinceSeen: true,
    stage: "waiting",
    out: undefined,
    legs: [],
    talker: undefined,
    hold: "",
    held: [],
    handover: undefined,
    hangingUp: false,
    hungUp: false,
  };
}

/** The caller is on the line and hears music; its end will be told also when it leaves the application. */
export function welcome(call: RoutedCall): RoutedOrder[] {
  const { ref, channel } = call;
  return [
    { do: "follow", call: ref, channel },
    { do: "answer", call: ref, channel },
    { do: "hold_music", call: ref, channel },
  ];
}

export function queued(state: RoutedState, call: RoutedCall, at: number): Extract<UnnumberedFact, { kind: "call_queued" }> {
  const position = waitingIn(state, call.queue) + 1;
  return { kind: "call_queued", callKey: call.key, at, ...call.caller, queue: call.queue, position };
}

/** Was handed on, and nobody took the call: the caller waits as before, in which queue we know better than the exchange. */
export function waitsAgain(state: RoutedState, call: RoutedCall, at: number): { call: RoutedCall; fact: UnnumberedFact } {
  const waits: RoutedCall = { ...call, stage: "waiting", since: at, sinceSeen: true, talker: undefined, hold: "", handover: undefined };
  return { call: waits, fact: { ...queued(state, waits, at), again: true } };
}

export function callerEnters(state: RoutedState, event: RoutedEvent, at: number): Step {
  if (event.replace !== "") return replaced(state, event, at);
  const known = callOfChannel(state, event.channel.id);
  if (known?.out !== undefined && known.channel === event.channel.id) return customerAnswers(state, known);
  if (known === undefined && isCustomer(event.channel.id))
    return { ...nothing(state), orders: [hangUp({ ref: refOf(event.channel.id) }, event.channel.id)] };
  // Told twice (a resync between): it waits or talks as before.
  if (known !== undefined && (known.stage !== "elsewhere" || known.legs.length > 0 || known.hangingUp)) return nothing(state);
  const fresh = newCall(event, at);
  const call = known === undefined ? fresh : { ...known, queue: fresh.queue, since: at, sinceSeen: true, stage: "waiting" as const };
  return changed(state, call, [queued(state, call, at)], welcome(call));
}

/** The customer whom an agent calls: the agent has been on the line before. */
function customerAnswers(state: RoutedState, call: RoutedCall): Step {
  const leg = call.legs.find(({ role, stage }) => role === "o" && stage === "joining");
  if (leg === undefined) return nothing(state);
  const ringBack: RoutedOrder = { do: "stop_ring_back", call: call.ref, channel: leg.channel };
  return changed(state, call, [], [ringBack, ...connectOrders(call, leg).slice(1)]);
}

/** The PBX put another channel in the place of one of ours: the caller's (a Local channel gave way), or the agent's (a transfer by phone). */
function replaced(state: RoutedState, { channel, replace }: RoutedEvent, at: number): Step {
  const call = callOfChannel(state, replace);
  if (call === undefined) return nothing(state);
  const aliased = withAlias(state, channel.id, call.ref);
  const follow: RoutedOrder = { do: "follow", call: call.ref, channel: channel.id };
  if (call.channel === replace) return changed(aliased, { ...call, channel: channel.id }, [], [follow]);
  if (call.talker?.channel !== replace) return nothing(state);
  const leg = { channel: channel.id, role: "p", extension: "", offerId: "", at, announced: false, rang: false } as const;
  return changed(aliased, withLeg(call, { ...leg, unanswered: false, withdrawn: false, stage: "ringing" }), [], [follow]);
}

export function callerHangsUp(state: RoutedState, call: RoutedCall): Step {
  return call.hungUp ? nothing(state) : changed(state, { ...call, hungUp: true });
}

/** Out of the application: on the way down, or taken away to somewhere else. Whether its line still is there, the PBX must say. */
export function callerLeaves(state: RoutedState, call: RoutedCall, at: number): Step {
  const follow: RoutedOrder = { do: "follow", call: call.ref, channel: call.channel };
  if (call.hungUp || call.hangingUp) return changed(state, call, [], [follow]);
  const waitMs = Math.max(0, at - call.since);
  const facts: UnnumberedFact[] = [
    ...(call.stage === "waiting"
      ? [{ kind: "call_left_queue", callKey: call.key, at, queue: call.queue, reason: "withdrawn", waitMs } as const]
      : []),
    ...(call.talker ? [released(call, call.talker, "other", at)] : []),
  ];
  const orders: RoutedOrder[] = [
    follow,
    ...hangUpLegs(call),
    ...(call.talker ? [hangUp(call, call.talker.channel)] : []),
    { do: "end_bridge", call: call.ref, bridge: bridgeOf(call.ref) },
  ];
  return changed(state, { ...withdrawLegs(call), stage: "elsewhere", talker: undefined, hold: "" }, facts, orders);
}

/** There was nothing to follow: the line went down before anybody listened. */
export function callerIsGone(state: RoutedState, channel: string, at: number): Step {
  const call = callOfChannel(state, channel);
  return call?.channel === channel ? callerGone(state, call, { code: 0, text: "" }, at) : nothing(state);
}

/** Our hold and its end, as the bridge shows them. */
export function callerOutOfBridge(state: RoutedState, call: RoutedCall, at: number): Step {
  if (call.hold !== "going") return nothing(state);
  return changed(state, { ...call, hold: "on" }, [{ kind: "call_held", callKey: call.key, at, extension: call.talker?.extension ?? "" }]);
}

export function phoneHolds(state: RoutedState, call: RoutedCall, channel: string, at: number): Step {
  if (call.held.includes(channel)) return nothing(state);
  const fact = { kind: "call_held", callKey: call.key, at, extension: holder(call, channel) } as const;
  return changed(state, { ...call, held: [...call.held, channel] }, [fact]);
}

export function phoneResumes(state: RoutedState, call: RoutedCall, channel: string, at: number): Step {
  if (!call.held.includes(channel)) return nothing(state);
  const fact = { kind: "call_resumed", callKey: call.key, at, extension: holder(call, channel) } as const;
  return changed(state, { ...call, held: call.held.filter((other) => other !== channel) }, [fact]);
}

function holder(call: RoutedCall, channel: string): string {
  if (channel === call.channel) return "";
  return call.talker?.channel === channel ? call.talker.extension : (findLeg(call, channel)?.extension ?? "");
}

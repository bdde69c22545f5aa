import { DomainError } from "@trunkline/errors";
import type { CallKey } from "../../domain/line.ts";
import { outboundKey, waitingChannel } from "../../facts/call-keys.ts";
import { MAX_TEXT } from "../../facts/facts.ts";
import { checkedExtension, checkedId, checkedNumber } from "../pbx/checked.ts";
import { callGone, callNotTalking } from "../pbx/errors.ts";
import { queued } from "./caller-events.ts";
import { CUSTOMER_RING_S, TRANSFER_RING_MS } from "./leg-events.ts";
import { ringListener } from "./listening.ts";
import type { RoutedOrder } from "./orders.ts";
import { callByRef, changed, type Leg, nothing, type RoutedCall, type RoutedState, type Step, type Talker, withLeg } from "./state.ts";
import { hangUp, parkOrders, transferred, unparkOrders, withdrawLegs } from "./steps.ts";
import { bridgeOf, callerIdOf, endpointOf, type LegRole, legChannel, refOf } from "./values.ts";

export type RoutedCommand =
  | { readonly type: "ring"; readonly call: CallKey; readonly offerId: string; readonly extension: string; readonly timeoutMs: number }
  | { readonly type: "withdraw"; readonly call: CallKey; readonly offerId: string }
  | { readonly type: "hang_up" | "hold" | "resume"; readonly call: CallKey }
  | { readonly type: "listen"; readonly call: CallKey; readonly extension: string }
  | { readonly type: "record" | "pause_recording" | "resume_recording"; readonly call: CallKey; readonly name: string }
  | { readonly type: "transfer"; readonly call: CallKey; readonly destination: string; readonly kind: "blind" | "attended" }
  | { readonly type: "transfer_to_queue"; readonly call: CallKey; readonly queue: string }
  | {
      readonly type: "call_into_queue";
      readonly id: string;
      readonly number: string;
      readonly callerNumber: string;
      readonly dialOut: string;
      readonly queue: string;
      readonly at: number;
    }
  | {
      readonly type: "originate";
      readonly id: string;
      readonly extension: string;
      readonly number: string;
      readonly callerNumber: string;
      readonly dialOut: string;
      /** UTC epoch ms: part of the call's key. */
      readonly at: number;
    };

/** The PBX's own limit comes after ours: it is for when we are not there any more. */
const SPARE_S = 3;
const MAX_RING_MS = 600_000;

function liveCall(state: RoutedState, { linkedid }: CallKey): RoutedCall {
  const call = callByRef(state, refOf(linkedid));
  if (call === undefined || call.hungUp || call.hangingUp) throw callGone();
  return call;
}

function talking(state: RoutedState, key: CallKey): { call: RoutedCall; talker: Talker } {
  const call = liveCall(state, key);
  if (call.stage === "talking" && call.talker !== undefined) return { call, talker: call.talker };
  throw callNotTalking();
}

type Phone = { readonly role: LegRole; readonly extension: string; readonly id: string; readonly offerId: string };

/** A phone to be rung for a call: the leg and the orders that make it. */
function dialled(state: RoutedState, call: RoutedCall, phone: Phone, timeoutMs: number, at: number): { leg: Leg; orders: RoutedOrder[] } {
  const { role, extension, id, offerId } = phone;
  const channel = legChannel({ role, ref: call.ref, extension, id });
  const flags = { announced: false, rang: false, unanswered: false, withdrawn: false };
  const dial: RoutedOrder = {
    do: "dial",
    call: call.ref,
    channel,
    endpoint: endpointOf(state.settings.endpoint, "{extension}", extension),
    args: ["agent", extension],
    callerId: callerIdOf(call.caller),
    timeoutS: Math.ceil(timeoutMs / 1000) + SPARE_S,
  };
  return {
    leg: { channel, role, extension, offerId, at, ...flags, stage: "ringing" },
    orders: [dial, { do: "time", call: call.ref, channel, ms: timeoutMs }],
  };
}

function ring(state: RoutedState, command: Extract<RoutedCommand, { type: "ring" }>, at: number): Step {
  const extension = checkedExtension(command.extension);
  const offerId = checkedId(command.offerId);
  const known = liveCall(state, command.call);
  if (known.stage !== "waiting" && !isAlone(known)) throw callGone("this call does not wait any more: offer another one");
  const call = { ...known, stage: "waiting" as const };
  if (call.legs.some((leg) => leg.offerId === offerId)) return nothing(state);
  const timeoutMs = Math.min(MAX_RING_MS, Math.max(1, command.timeoutMs));
  const { leg, orders } = dialled(state, call, { role: "a", extension, id: offerId, offerId }, timeoutMs, at);
  return changed(state, withLeg(call, leg), [], orders);
}

/** Of a customer whom an agent called before we began to listen, and then handed to a queue, the exchange shows only that nobody is with them. */
function isAlone({ stage, sinceSeen, out, talker, legs, handover }: RoutedCall): boolean {
  return stage === "elsewhere" && !sinceSeen && [out, talker, handover, ...legs].every((one) => one === undefined);
}

function withdraw(state: RoutedState, { call: key, offerId }: Extract<RoutedCommand, { type: "withdraw" }>): Step {
  const call = callByRef(state, refOf(key.linkedid));
  const leg = call?.legs.find((one) => one.offerId === offerId && (one.stage === "ringing" || one.stage === "asking"));
  if (call === undefined || leg === undefined) return nothing(state);
  return changed(state, withLeg(call, { ...leg, withdrawn: true }), [], [hangUp(call, leg.channel)]);
}

function hangUpCall(state: RoutedState, key: CallKey): Step {
  const call = liveCall(state, key);
  // Back to the caller: whoever is asked has never had them.
  const asked = call.legs.find(({ role }) => role === "c");
  if (asked !== undefined) return changed(state, withLeg(call, { ...asked, withdrawn: true }), [], [hangUp(call, asked.channel)]);
  const line = call.out?.dialled === false ? (call.legs[0]?.channel ?? call.channel) : call.channel;
  return changed(state, { ...withdrawLegs(call), hangingUp: true }, [], [hangUp(call, line)]);
}

function hold(state: RoutedState, key: CallKey): Step {
  const { call } = talking(state, key);
  if (call.hold === "on" || call.hold === "going") return nothing(state);
  return changed(state, { ...call, hold: "going" }, [], parkOrders(call));
}

function resume(state: RoutedState, key: CallKey): Step {
  const { call } = talking(state, key);
  if (call.handover !== undefined) throw pending();
  if (call.hold === "" || call.hold === "coming") return nothing(state);
  return changed(state, { ...call, hold: "coming" }, [], unparkOrders(call));
}

/** Also while the two are being connected: whoever accepted the offer asks for it at once, and a call's orders go out one after the other. */
function recordCall(state: RoutedState, command: Extract<RoutedCommand, { readonly name: string }>): Step {
  const known = liveCall(state, command.call);
  const call = known.legs.some(({ stage }) => stage === "joining") ? known : talking(state, command.call).call;
  const name = checkedId(command.name);
  const about = { call: call.ref, caller: call.channel, name };
  const order: RoutedOrder =
    command.type === "record" ? { do: "record", ...about, bridge: bridgeOf(call.ref) } : { do: command.type, ...about };
  return { ...nothing(state), orders: [order] };
}

function pending(): DomainError {
  return new DomainError("rule_violated", "pbx_transfer_pending", "a transfer of this call is under way: wait for its end");
}

function transfer(state: RoutedState, command: Extract<RoutedCommand, { type: "transfer" }>, at: number): Step {
  const to = checkedExtension(command.destination);
  const { call, talker } = talking(state, command.call);
  if (call.handover !== undefined || call.legs.length > 0) throw pending();
  const role = command.kind === "blind" ? "t" : "c";
  const { leg, orders } = dialled(state, call, { role, extension: to, id: String(at), offerId: String(at) }, TRANSFER_RING_MS, at);
  const handover = { kind: command.kind, from: talker.extension, to };
  const parked = call.hold === "" ? parkOrders(call) : [];
  if (command.kind === "blind") {
    return changed(state, { ...withLeg(call, leg), handover }, [], [...orders, hangUp(call, talker.channel), ...parked]);
  }
  const held: RoutedCall = { ...withLeg(call, leg), handover, hold: call.hold === "" ? "going" : call.hold };
  return changed(state, held, [], [...orders, ...parked]);
}

/** The agent's release is not told apart from the wait: in between nobody would have the caller. */
function transferToQueue(
  state: RoutedState,
  { call: key, queue }: Extract<RoutedCommand, { type: "transfer_to_queue" }>,
  at: number,
): Step {
  const { call, talker } = talking(state, key);
  if (call.handover !== undefined || call.legs.length > 0) throw pending();
  const parked = call.hold === "on" || call.hold === "going" ? [] : parkOrders(call);
  const held = call.held.filter((channel) => channel === call.channel);
  const waits: RoutedCall = { ...call, queue, since: at, sinceSeen: true, stage: "waiting", talker: undefined, hold: "", held };
  const facts = [transferred(call, "blind", talker.extension, queue, at), queued(state, waits, at)];
  return changed(state, waits, facts, [...parked, hangUp(call, talker.channel)]);
}

function originate(state: RoutedState, command: Extract<RoutedCommand, { type: "originate" }>, at: number): Step {
  const number = checkedNumber(command.number);
  const extension = checkedExtension(command.extension);
  const key = outboundKey(checkedId(command.id), command.at);
  const callerNumber = command.callerNumber === "" ? "" : checkedNumber(command.callerNumber);
  const ref = refOf(key.linkedid);
  if (callByRef(state, ref) !== undefined) return nothing(state);
  const endpoint = endpointOf(command.dialOut, "{number}", number);
  const call: RoutedCall = {
    ref,
    key,
    caller: { callerNumber: number, callerName: "", callerFlags: [], dialedNumber: number.slice(0, MAX_TEXT) },
    channel: key.linkedid,
    queue: "",
    since: at,
    sinceSeen: true,
    stage: "elsewhere",
    out: { endpoint, callerId: callerIdOf({ callerNumber, callerName: "" }), dialled: false },
    legs: [],
    talker: undefined,
    hold: "",
    held: [],
    handover: undefined,
    hangingUp: false,
    hungUp: false,
  };
  const { leg, orders } = dialled(state, call, { role: "o", extension, id: command.id, offerId: "" }, TRANSFER_RING_MS, at);
  return changed(state, withLeg(call, leg), [], orders);
}

/** A caller like any other once they are in the application; until then the exchange alone knows of them. */
function callIntoQueue(state: RoutedState, command: Extract<RoutedCommand, { type: "call_into_queue" }>): Step {
  const number = checkedNumber(command.number);
  const channel = waitingChannel(checkedId(command.id), command.at);
  const callerNumber = command.callerNumber === "" ? "" : checkedNumber(command.callerNumber);
  const dial: RoutedOrder = {
    do: "dial",
    call: refOf(channel),
    channel,
    endpoint: endpointOf(command.dialOut, "{number}", number),
    args: [command.queue, "", number],
    callerId: callerIdOf({ callerNumber, callerName: "" }),
    timeoutS: CUSTOMER_RING_S,
  };
  return { ...nothing(state), orders: [dial] };
}

/** @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_transfer_pending, pbx_extension_invalid, pbx_number_invalid, pbx_id_invalid */
export function decideCommand(state: RoutedState, command: RoutedCommand, at: number): Step {
  switch (command.type) {
    case "ring":
      return ring(state, command, at);
    case "withdraw":
      return withdraw(state, command);
    case "hang_up":
      return hangUpCall(state, command.call);
    case "hold":
      return hold(state, command.call);
    case "resume":
      return resume(state, command.call);
    case "listen":
      return ringListener(state, talking(state, command.call).call, command.extension);
    case "record":
    case "pause_recording":
    case "resume_recording":
      return recordCall(state, command);
    case "transfer":
      return transfer(state, command, at);
    case "transfer_to_queue":
      return transferToQueue(state, command, at);
    case "call_into_queue":
      return callIntoQueue(state, command);
    case "originate":
      return originate(state, command, at);
  }
}

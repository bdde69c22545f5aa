import { checkedExtension } from "../pbx/checked.ts";
import type { RoutedEvent } from "./events.ts";
import type { RoutedOrder } from "./orders.ts";
import { callByRef, nothing, type RoutedCall, type RoutedState, type Step } from "./state.ts";
import { hangUp } from "./steps.ts";
import { callerIdOf, endpointOf, type Listener, listenerBridge, listenerChannel } from "./values.ts";

/** Supervisors who listen: a phone, a copy of the talk, and a bridge of their own; the call itself never notices. */

const RING_S = 30;

/** The phone is rung; what comes of it, the exchange's events say. */
export function ringListener(state: RoutedState, call: RoutedCall, to: string): Step {
  const extension = checkedExtension(to);
  const dial: RoutedOrder = {
    do: "dial",
    call: call.ref,
    channel: listenerChannel({ part: "phone", ref: call.ref, extension }),
    endpoint: endpointOf(state.settings.endpoint, "{extension}", extension),
    args: ["listener", extension],
    callerId: callerIdOf(call.caller),
    timeoutS: RING_S,
  };
  return { ...nothing(state), orders: [dial] };
}

export function onListener(state: RoutedState, { type, channel }: RoutedEvent, listener: Listener): Step {
  const { ref, part } = listener;
  const call = callByRef(state, ref);
  if (part === "phone" && type === "entered") {
    return { ...nothing(state), orders: call?.stage === "talking" ? listenOrders(call, listener) : [hangUp({ ref }, channel.id)] };
  }
  // The talk is over, or the supervisor has enough: the rest goes too.
  if (type !== (part === "copy" ? "left" : "gone")) return nothing(state);
  return { ...nothing(state), orders: endOrders(listener) };
}

function listenOrders({ ref, channel }: RoutedCall, listener: Listener): RoutedOrder[] {
  const copy = listenerChannel({ ...listener, part: "copy" });
  const bridge = listenerBridge(listener);
  return [
    { do: "copy", call: ref, channel, copy },
    { do: "make_bridge", call: ref, bridge },
    { do: "join", call: ref, bridge, channels: [listenerChannel({ ...listener, part: "phone" }), copy] },
  ];
}

function endOrders(listener: Listener): RoutedOrder[] {
  const { ref, part } = listener;
  const other = listenerChannel({ ...listener, part: part === "copy" ? "phone" : "copy" });
  return [hangUp({ ref }, other), { do: "end_bridge", call: ref, bridge: listenerBridge(listener) }];
}

/** Who listens to a talk that is over. */
export function deafListener(state: RoutedState, channel: string, listener: Listener): RoutedOrder[] {
  return callByRef(state, listener.ref)?.stage === "talking" ? [] : [hangUp(listener, channel)];
}

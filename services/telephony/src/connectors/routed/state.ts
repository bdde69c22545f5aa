import type { CallKey } from "../../domain/line.ts";
import type { Caller, UnnumberedFact, Via } from "../../facts/facts.ts";
import type { RoutedOrder } from "./orders.ts";
import { type LegRole, legOf, refOf } from "./values.ts";

/** A phone that is rung for a call; "p" is the target that the agent's own phone transferred to, on a channel that the PBX made. */
export type Leg = {
  readonly channel: string;
  readonly role: LegRole | "p";
  readonly extension: string;
  /** "" where nobody offered. */
  readonly offerId: string;
  /** When it was seen on the PBX, before that when it was ordered. */
  readonly at: number;
  /** The PBX has it, and so agent_offered was told. */
  readonly announced: boolean;
  readonly rang: boolean;
  /** It rang for as long as it may. */
  readonly unanswered: boolean;
  /** We hang it up: withdrawn, or not current any more when it was picked up. */
  readonly withdrawn: boolean;
  /** "asking": picked up, is the offer still current? "joining": into the bridge. "joined": the target of a consultation talks. */
  readonly stage: "ringing" | "asking" | "joining" | "joined";
};

export type Talker = {
  readonly channel: string;
  readonly extension: string;
  readonly since: number;
};

/** A caller (or a customer whom an agent calls) from the application's first sight to the end of the line. */
export type RoutedCall = {
  readonly ref: string;
  readonly key: CallKey;
  readonly caller: Caller;
  /** When this channel ends, the call ends. */
  readonly channel: string;
  readonly queue: string;
  /** When the caller began to wait, for an agent or for a transfer's target. */
  readonly since: number;
  readonly sinceSeen: boolean;
  /** "elsewhere": rung out to a transfer's target, called out, or taken out of the application. */
  readonly stage: "waiting" | "talking" | "elsewhere";
  /** A call that an agent makes: how to dial the customer; `dialled` once that was ordered. */
  readonly out: { readonly endpoint: string; readonly callerId: string; readonly dialled: boolean } | undefined;
  readonly legs: readonly Leg[];
  readonly talker: Talker | undefined;
  /** Our hold: the caller is out of the bridge and hears music. */
  readonly hold: "" | "going" | "on" | "coming";
  /** Channels of phones that hold by themselves. */
  readonly held: readonly string[];
  /** A transfer that we ordered. */
  readonly handover: { readonly kind: "blind" | "attended"; readonly from: string; readonly to: string } | undefined;
  /** We hang the caller up. */
  readonly hangingUp: boolean;
  /** The PBX says that the caller's line goes down. */
  readonly hungUp: boolean;
};

export type RoutedSettings = {
  /** What the exchange calls the application that callers come to. */
  readonly app: string;
  readonly endpoint: string;
  readonly maxCalls: number;
};

const SHARDS = 64;

export type RoutedState = {
  readonly settings: RoutedSettings;
  /** Calls by ref, in shards: a change copies one small one. */
  readonly calls: readonly ReadonlyMap<string, RoutedCall>[];
  /** Channels that the PBX put in the place of one of ours (transfers by phone, Local channels), to the call's ref. */
  readonly aliases: ReadonlyMap<string, string>;
};

export type Step = { readonly state: RoutedState; readonly facts: readonly UnnumberedFact[]; readonly orders: readonly RoutedOrder[] };

const MAX_ALIASES = 1024;
const NO_FACTS: readonly UnnumberedFact[] = [];
const NO_ORDERS: readonly RoutedOrder[] = [];

/** @param settings.maxCalls calls followed at once; beyond it the oldest are forgotten (default 16,384) */
export function initialRoutedState(settings: Omit<RoutedSettings, "maxCalls"> & { readonly maxCalls?: number }): RoutedState {
  const calls = new Array<ReadonlyMap<string, RoutedCall>>(SHARDS).fill(new Map());
  return { settings: { maxCalls: 16_384, ...settings }, calls, aliases: new Map() };
}

function shardOf(ref: string): number {
  return (ref.charCodeAt(0) * 31 + ref.charCodeAt(1)) & (SHARDS - 1);
}

export function callByRef(state: RoutedState, ref: string): RoutedCall | undefined {
  return state.calls[shardOf(ref)]?.get(ref);
}

/** The call that a channel belongs to: ours say it in their id, a caller's is the call. */
export function callOfChannel(state: RoutedState, channel: string): RoutedCall | undefined {
  const ref = state.aliases.get(channel) ?? legOf(channel)?.ref ?? refOf(channel);
  return callByRef(state, ref);
}

export function withCall(state: RoutedState, call: RoutedCall): RoutedState {
  const index = shardOf(call.ref);
  const shard = new Map(state.calls[index]).set(call.ref, call);
  if (shard.size > Math.max(1, state.settings.maxCalls / SHARDS)) shard.delete(shard.keys().next().value ?? "");
  return { ...state, calls: state.calls.with(index, shard) };
}

export function withoutCall(state: RoutedState, ref: string): RoutedState {
  const index = shardOf(ref);
  const shard = new Map(state.calls[index]);
  if (!shard.delete(ref)) return state;
  const calls = state.calls.with(index, shard);
  if (state.aliases.size === 0) return { ...state, calls };
  return { ...state, calls, aliases: new Map([...state.aliases].filter(([, own]) => own !== ref)) };
}

export function withAlias(state: RoutedState, channel: string, ref: string): RoutedState {
  const aliases = new Map(state.aliases).set(channel, ref);
  if (aliases.size > MAX_ALIASES) aliases.delete(aliases.keys().next().value ?? "");
  return { ...state, aliases };
}

export function allCalls(state: RoutedState): RoutedCall[] {
  return state.calls.flatMap((shard) => [...shard.values()]);
}

export function waitingIn(state: RoutedState, queue: string): number {
  let count = 0;
  for (const shard of state.calls) for (const call of shard.values()) if (call.stage === "waiting" && call.queue === queue) count++;
  return count;
}

export function nothing(state: RoutedState): Step {
  return { state, facts: NO_FACTS, orders: NO_ORDERS };
}

export function changed(
  state: RoutedState,
  call: RoutedCall,
  facts: readonly UnnumberedFact[] = NO_FACTS,
  orders: readonly RoutedOrder[] = NO_ORDERS,
): Step {
  return { state: withCall(state, call), facts, orders };
}

export function findLeg(call: RoutedCall, channel: string): Leg | undefined {
  return call.legs.find((leg) => leg.channel === channel);
}

export function withLeg(call: RoutedCall, leg: Leg): RoutedCall {
  const known = findLeg(call, leg.channel) !== undefined;
  return { ...call, legs: known ? call.legs.map((other) => (other.channel === leg.channel ? leg : other)) : [...call.legs, leg] };
}

export function withoutLeg(call: RoutedCall, channel: string): RoutedCall {
  return { ...call, legs: call.legs.filter((leg) => leg.channel !== channel) };
}

export function viaOf(leg: Pick<Leg, "role">): Via {
  return leg.role === "a" ? "queue" : leg.role === "o" ? "outbound" : "transfer";
}

import { isCustomer } from "../../facts/call-keys.ts";
import type { SnapshotCall, UnnumberedFact } from "../../facts/facts.ts";
import { newCall, waitsAgain, welcome } from "./caller-events.ts";
import type { RoutedBridge, RoutedChannel } from "./events.ts";
import { deafListener } from "./listening.ts";
import type { RoutedOrder } from "./orders.ts";
import { allCalls, callByRef, type Leg, type RoutedCall, type RoutedState, type Step, withCall, withoutCall } from "./state.ts";
import { consulted, hangUp, joinOrders, offerEnded, ofOffer, parkOrders, released, unparkOrders } from "./steps.ts";
import { bridgeOf, legOf, listenerOf, refOf, refOfBridge } from "./values.ts";

/**
 * What lives on the PBX, after a cut or on request: what we know of calls is corrected by it, and what nobody knows any more is hung up.
 * Events that came while the lists were fetched are applied afterwards, each again where need be.
 */
export function snapshotStep(state: RoutedState, channels: readonly RoutedChannel[], bridges: readonly RoutedBridge[], at: number): Step {
  const seen: Seen = {
    at,
    channels: new Map(channels.map((channel) => [channel.id, channel])),
    bridges: new Map(bridges.map((bridge) => [bridge.id, bridge.channels])),
  };
  const facts: UnnumberedFact[] = [];
  const orders: RoutedOrder[] = [];
  let after = channels.reduce((sum, channel) => withNewcomer(sum, channel, at), state);
  for (const call of allCalls(after)) {
    const checked = check(after, call, seen);
    const isNew = callByRef(state, call.ref) === undefined && checked.call !== undefined;
    after = checked.call === undefined ? withoutCall(after, call.ref) : withCall(after, checked.call);
    facts.push(...checked.facts);
    // Music is for those who wait; the end of a line must be told of everybody's.
    if (isNew) orders.push(...welcome(call).slice(0, checked.call?.stage === "waiting" ? 3 : 1));
    orders.push(...checked.orders);
  }
  orders.push(...orphans(after, seen), ...emptyBridges(after, seen));
  return { state: after, orders, facts: [...facts, snapshotOf(after, channels, at)] };
}

function snapshotOf(state: RoutedState, channels: readonly RoutedChannel[], at: number): UnnumberedFact {
  const calls = allCalls(state);
  const lines = channels.map(({ id }) => id).filter((id) => legOf(id) === undefined);
  const waiting = Map.groupBy(
    calls.filter(({ stage }) => stage === "waiting").sort((one, other) => one.since - other.since),
    ({ queue }) => queue,
  );
  const position = (call: RoutedCall) => (waiting.get(call.queue)?.indexOf(call) ?? -1) + 1;
  return {
    kind: "snapshot",
    at,
    liveLinkedids: [...new Set([...lines, ...calls.map(({ key }) => key.linkedid)])],
    calls: calls.map((call) => snapshotCall(call, position(call), at)),
    queues: [...waiting].map(([queue, members]) => ({ queue, waiting: members.length })),
    members: [],
  };
}

type Seen = {
  readonly at: number;
  readonly channels: ReadonlyMap<string, RoutedChannel>;
  readonly bridges: ReadonlyMap<string, readonly string[]>;
};

/** A caller in the application whom nobody saw enter, or a customer of a call that an instance before us made. */
function withNewcomer(state: RoutedState, channel: RoutedChannel, at: number): RoutedState {
  const { app, args } = channel;
  if (app === "" || app !== state.settings.app || state.aliases.has(channel.id)) return state;
  if (legOf(channel.id) !== undefined || listenerOf(channel.id) !== undefined) return state;
  if (callByRef(state, refOf(channel.id)) !== undefined) return state;
  const fresh = newCall({ channel, args }, channel.createdAt || at);
  if (isCustomer(channel.id)) {
    const number = args[1] ?? "";
    const caller = { ...fresh.caller, callerNumber: number, dialedNumber: number, callerName: "" };
    return withCall(state, { ...fresh, caller, queue: "", stage: "elsewhere", sinceSeen: false });
  }
  // A Local channel that the PBX put in an agent's place is no caller.
  if (channel.name.startsWith("Local/") && channel.name.endsWith(";1")) return state;
  return withCall(state, { ...fresh, sinceSeen: false });
}

type Checked = {
  readonly call: RoutedCall | undefined;
  readonly facts: readonly UnnumberedFact[];
  readonly orders: readonly RoutedOrder[];
};

function check(state: RoutedState, call: RoutedCall, seen: Seen): Checked {
  const undialled = call.out?.dialled === false;
  if (!seen.channels.has(call.channel) && !(undialled && call.legs.some((leg) => !leg.announced || seen.channels.has(leg.channel)))) {
    return { call: undefined, facts: [], orders: [] };
  }
  const legs = checkLegs(state, call, seen);
  const { talker } = call;
  if (talker === undefined || seen.channels.has(talker.channel)) return legs;
  const facts = [...legs.facts, released(call, talker, "agent_hung_up", seen.at)];
  const orders = [...legs.orders, hangUp(call, call.channel)];
  return { call: { ...(legs.call ?? call), talker: undefined, stage: "elsewhere", hold: "", hangingUp: true }, facts, orders };
}

function checkLegs(state: RoutedState, call: RoutedCall, seen: Seen): Checked {
  const gone = call.legs.filter((leg) => leg.announced && !seen.channels.has(leg.channel));
  const known = new Set([...call.legs, ...(call.talker ? [call.talker] : [])].map(({ channel }) => channel));
  const inside = seen.bridges.get(bridgeOf(call.ref)) ?? [];
  const found = [...seen.channels.values()].filter(({ id }) => !known.has(id) && legOf(id)?.ref === call.ref);
  const talks = call.talker
    ? undefined
    : (found.find(({ id }) => inside.includes(id) && legOf(id)?.role !== "c") ?? metBefore(call, found, inside));
  const newLegs = found.filter((one) => one !== talks).flatMap((one) => legFrom(one, inside, seen.at));
  const legs = [...call.legs.filter((leg) => !gone.includes(leg)), ...newLegs].map((leg): Leg => {
    if (isAsked(leg) && inside.includes(leg.channel) && !inside.includes(call.channel)) return { ...leg, stage: "joined" };
    return leg.role === "a" && leg.stage === "ringing" && !leg.withdrawn && isUp(seen, leg) ? { ...leg, stage: "asking" } : leg;
  });
  const asked = legs.filter(({ stage }) => stage === "asking");
  const met: RoutedCall = talks
    ? { ...call, stage: "talking", talker: { channel: talks.id, extension: legOf(talks.id)?.extension ?? "", since: seen.at } }
    : call;
  // Whoever talked to this caller went while nobody listened.
  if (!call.sinceSeen && call.stage === "waiting" && talks === undefined && legs.length === 0 && inside.includes(call.channel)) {
    return { call: { ...call, stage: "elsewhere", hangingUp: true }, facts: [], orders: [hangUp(call, call.channel)] };
  }
  const back = withoutTarget(state, { ...met, legs }, gone, seen.at);
  const held = withHold(back.call, inside, talks !== undefined, seen.at);
  return {
    call: held.call,
    facts: [
      ...gone.map((leg) => offerEnded(call, leg, leg.unanswered ? "no_answer" : leg.withdrawn ? "cancelled" : "unavailable", seen.at)),
      ...back.facts,
      ...legs.filter((leg) => isAsked(leg) && leg.stage === "joined").map((leg) => consulted(call, leg, seen.at)),
      ...held.facts,
    ],
    orders: [
      ...legs.filter(({ withdrawn }) => withdrawn).map(({ channel }) => hangUp(call, channel)),
      ...asked.map(({ channel, offerId }) => ({ do: "ask", call: call.ref, channel, offerId }) as const),
      ...lostOrders(held.call, seen, inside),
    ],
  };
}

const isAsked = ({ role, withdrawn }: Leg) => role === "c" && !withdrawn;

/** Whoever was asked, or was to have the caller, is not there any more: the talk goes on, or the caller waits again. */
function withoutTarget(state: RoutedState, call: RoutedCall, gone: readonly Leg[], at: number): Pick<Step, "facts"> & { call: RoutedCall } {
  if (call.talker && gone.some(({ role }) => role === "c")) return { call: { ...call, handover: undefined, hold: "coming" }, facts: [] };
  const alone = call.stage === "elsewhere" && !call.talker && call.legs.length === 0 && !call.hangingUp && !call.hungUp;
  if (!alone || call.queue === "" || !gone.some(({ role }) => role === "t" || role === "p")) return { call, facts: [] };
  const waits = waitsAgain(state, call, at);
  return { call: waits.call, facts: [waits.fact] };
}

/**
 * Who is picked up while a caller whom nobody here saw is in the bridge alone: the two were put together before, and the phone is on its way
 * in, or out again between two lists. If its end comes next, that was a talk's end.
 */
function metBefore(call: RoutedCall, found: readonly RoutedChannel[], inside: readonly string[]): RoutedChannel | undefined {
  if (call.sinceSeen || call.stage !== "waiting" || !inside.includes(call.channel)) return undefined;
  return found.find(({ id, state }) => legOf(id)?.role === "a" && state === "Up");
}

/** Our hold shows in the bridge: the agent is in it, the caller is not. */
function withHold(call: RoutedCall, inside: readonly string[], isNew: boolean, at: number): { call: RoutedCall; facts: UnnumberedFact[] } {
  const { talker } = call;
  if (talker === undefined) return { call, facts: [] };
  const out = !inside.includes(call.channel);
  if (isNew) return { call: { ...call, hold: out ? "on" : "" }, facts: [] };
  const about = { callKey: call.key, at, extension: talker.extension };
  if (out && call.hold === "going") return { call: { ...call, hold: "on" }, facts: [{ kind: "call_held", ...about }] };
  if (!out && call.hold === "coming") return { call: { ...call, hold: "" }, facts: [{ kind: "call_resumed", ...about }] };
  return { call, facts: [] };
}

/** What was decided before the cut, but is not so on the PBX: the orders for it were lost. */
function lostOrders(call: RoutedCall, seen: Seen, inside: readonly string[]): RoutedOrder[] {
  if (call.hangingUp) return [hangUp(call, call.channel)];
  if (call.stage === "waiting" && seen.channels.get(call.channel)?.state !== "Up") return welcome(call);
  const out = !inside.includes(call.channel);
  if (call.hold === "going" && !out) return parkOrders(call);
  if (call.hold === "coming" && out) return unparkOrders(call);
  const leg = call.legs.find((one) => one.stage === "joining" && one.role !== "p" && one.role !== "o" && seen.channels.has(one.channel));
  if (leg === undefined) return [];
  return joinOrders(call, leg.role === "c" ? [leg.channel] : [call.channel, leg.channel]);
}

function isUp({ channels }: Seen, { channel }: Leg): boolean {
  return channels.get(channel)?.state === "Up";
}

/** A phone that an instance before us rang. */
function legFrom(channel: RoutedChannel, inside: readonly string[], at: number): Leg[] {
  const own = legOf(channel.id);
  if (own === undefined || own.role === "o") return [];
  const flags = { announced: true, rang: channel.state === "Ringing", unanswered: false, withdrawn: false };
  const stage = inside.includes(channel.id) ? "joined" : "ringing";
  return [{ channel: channel.id, role: own.role, extension: own.extension, offerId: own.id, at: channel.createdAt || at, ...flags, stage }];
}

/** Phones that ring or talk for a call that is over. */
function orphans(state: RoutedState, { channels }: Seen): RoutedOrder[] {
  return [...channels.keys()].flatMap((id) => {
    const listener = listenerOf(id);
    if (listener !== undefined) return deafListener(state, id, listener);
    const ref = legOf(id)?.ref ?? (isCustomer(id) ? refOf(id) : undefined);
    if (ref === undefined) return [];
    const call = callByRef(state, ref);
    const wanted = call?.channel === id || call?.talker?.channel === id || call?.legs.some(({ channel }) => channel === id);
    return wanted ? [] : [hangUp({ ref }, id)];
  });
}

/** Bridges of calls that are over. */
function emptyBridges(state: RoutedState, { bridges }: Seen): RoutedOrder[] {
  return [...bridges.keys()].flatMap((bridge): RoutedOrder[] => {
    const ref = refOfBridge(bridge);
    return ref === undefined || callByRef(state, ref) !== undefined ? [] : [{ do: "end_bridge", call: ref, bridge }];
  });
}

function snapshotCall(call: RoutedCall, position: number, at: number): SnapshotCall {
  const waits = call.stage === "waiting";
  const rings = call.legs.filter(({ withdrawn, announced }) => announced && !withdrawn);
  return {
    ...call.caller,
    callKey: call.key,
    phase: waits ? "waiting" : call.stage === "talking" ? "talking" : "other",
    queue: call.queue,
    extension: call.talker?.extension ?? "",
    ringing: rings.map(({ extension }) => extension),
    rings: rings.map(ofOffer),
    position,
    waitMs: waits ? Math.max(0, at - call.since) : 0,
  };
}

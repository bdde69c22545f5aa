import { callKeyOf, linkedidFrom } from "../../facts/call-keys.ts";
import { bounded } from "../../facts/caller.ts";
import type { QueueMember, SnapshotCall, SnapshotQueue } from "../../facts/facts.ts";
import { extensionOf, memberExtension } from "../pbx/phones.ts";
import type { AmiAction } from "./encode.ts";
import { type AmiFrame, field } from "./frame.ts";
import { pairOf, phoneOf } from "./local.ts";
import { type AmiState, allCalls, callOf, emptyCalls, type Offer, type Step, type TrackedCall, withCall } from "./state.ts";
import { callerOfFrame } from "./values.ts";

/** A list that grows in one step without being copied; newest first. */
type Chain<T> = { readonly value: T; readonly next: Chain<T> } | undefined;

/**
 * A resync under way. The exchange's lists and its events travel on one stream, and a list may overtake events that happened before it:
 * so what events touched while the lists came in is taken from the events.
 */
export type AmiSync = {
  readonly id: string;
  readonly channels: Chain<AmiFrame>;
  readonly waiting: Chain<AmiFrame>;
  readonly queues: Chain<SnapshotQueue>;
  readonly members: Chain<QueueMember>;
  readonly channelsDone: boolean;
  readonly queuesDone: boolean;
  /** Linkedids that events created or changed since. */
  readonly touched: Chain<string>;
  /** Linkedids that ended since. */
  readonly ended: Chain<string>;
};

function listOf<T>(chain: Chain<T>): T[] {
  const result: T[] = [];
  for (let link = chain; link !== undefined; link = link.next) result.push(link.value);
  return result.reverse();
}

/** Begins a resync; an older one that is still under way is forgotten. `id` must be unique on the connector. */
export function beginSync(state: AmiState, id: string): AmiState {
  const none = { channels: undefined, waiting: undefined, queues: undefined, members: undefined, touched: undefined, ended: undefined };
  return { ...state, sync: { id, ...none, channelsDone: false, queuesDone: false } };
}

/** The questions whose answers make the snapshot. */
export function syncActions(id: string): readonly AmiAction[] {
  return [
    { Action: "CoreShowChannels", ActionID: `${id}.channels` },
    { Action: "QueueStatus", ActionID: `${id}.queues` },
  ];
}

/** Whether the frame belongs to the lists of this resync. */
export function isOfSync(sync: AmiSync, frame: AmiFrame): boolean {
  return field(frame, "ActionID").startsWith(`${sync.id}.`);
}

export function memberOf(frame: AmiFrame): QueueMember {
  const address = field(frame, "Interface") || field(frame, "Location");
  return {
    queue: bounded(field(frame, "Queue")),
    extension: memberExtension(field(frame, "MemberName") || field(frame, "Name"), address),
    interface: bounded(address, 128),
    paused: field(frame, "Paused") === "1",
    reason: bounded(field(frame, "PausedReason")),
  };
}

/** Takes a frame of the lists that were asked for; the last one gives the snapshot. */
export function syncStep(state: AmiState, sync: AmiSync, frame: AmiFrame, at: number): Step {
  const next = collect(sync, frame);
  const after: AmiState = { ...state, sync: next };
  if (!next.channelsDone || !next.queuesDone) return { state: after, facts: [] };
  return snapshotStep(after, next, at);
}

function collect(sync: AmiSync, frame: AmiFrame): AmiSync {
  switch (field(frame, "Event")) {
    case "CoreShowChannel":
      return { ...sync, channels: { value: frame, next: sync.channels } };
    case "QueueEntry":
      return { ...sync, waiting: { value: frame, next: sync.waiting } };
    case "QueueParams": {
      const queue = { queue: bounded(field(frame, "Queue")), waiting: Number(field(frame, "Calls")) || 0 };
      return { ...sync, queues: { value: queue, next: sync.queues } };
    }
    case "QueueMember":
      return { ...sync, members: { value: memberOf(frame), next: sync.members } };
    case "CoreShowChannelsComplete":
      return { ...sync, channelsDone: true };
    case "QueueStatusComplete":
      return { ...sync, queuesDone: true };
    default:
      return sync;
  }
}

function snapshotStep(state: AmiState, sync: AmiSync, at: number): Step {
  const touched = new Set(listOf(sync.touched));
  const ended = new Set(listOf(sync.ended));
  const groups = Map.groupBy(listOf(sync.channels), (channel) => {
    const linkedid = linkedidFrom(field(channel, "Linkedid"));
    return state.aliases.get(linkedid) ?? linkedid;
  });
  const live = new Set([...groups.keys(), ...touched].filter((linkedid) => linkedid !== "" && !ended.has(linkedid)));
  const waiting = new Map(listOf(sync.waiting).map((entry) => [field(entry, "Uniqueid"), entry]));

  let after: AmiState = { ...state, sync: undefined, calls: emptyCalls() };
  for (const call of allCalls(state)) {
    if (live.has(call.key.linkedid)) after = withCall(after, call);
  }
  for (const [linkedid, channels] of groups) {
    if (!live.has(linkedid) || touched.has(linkedid)) continue;
    const call = callFromList(callOf(state, linkedid), linkedid, channels, waiting, at);
    if (call !== undefined) after = withCall(after, call);
  }
  const calls = allCalls(after).map((call) => snapshotCall(call, waiting.get(call.channel), at));
  const members = listOf(sync.members);
  const queues = listOf(sync.queues);
  return { state: after, facts: [{ kind: "snapshot", at, liveLinkedids: [...live], calls, queues, members }] };
}

/** What the list says of a call; undefined for calls that never met a queue. */
function callFromList(
  known: TrackedCall | undefined,
  linkedid: string,
  channels: readonly AmiFrame[],
  waiting: ReadonlyMap<string, AmiFrame>,
  at: number,
): TrackedCall | undefined {
  const inQueue = channels.find((channel) => field(channel, "Application") === "Queue");
  const caller = channels.find((channel) => field(channel, "Uniqueid") === known?.channel) ?? inQueue;
  if (caller === undefined) return known;
  const uniqueid = field(caller, "Uniqueid");
  const entry = waiting.get(uniqueid);
  const bridge = field(caller, "BridgeId");
  const partner = bridge === "" ? undefined : channels.find((one) => one !== caller && field(one, "BridgeId") === bridge);
  const queue = entry ? bounded(field(entry, "Queue")) : queueOf(caller, known);
  const waitsSince = entry ? at - (Number(field(entry, "Wait")) || 0) * 1000 : 0;
  return {
    key: known?.key ?? callKeyOf(linkedid),
    caller: known?.caller ?? callerOfFrame(caller),
    channel: uniqueid,
    local: field(caller, "Channel").startsWith("Local/"),
    queue,
    waitsSince: known?.waitsSince || waitsSince,
    waitSeen: known?.waitSeen ?? false,
    stage: partner ? "talking" : entry ? "waiting" : "elsewhere",
    waitEnd: undefined,
    held: known?.held ?? [],
    offers: partner ? [] : channels.filter((one) => one !== caller).flatMap((one) => offerFromList(one, queue, at)),
    pairs: known?.pairs ?? new Map(),
    talker: partner && {
      ...phoneOf(known ?? { pairs: new Map() }, field(partner, "Uniqueid"), field(partner, "Channel")),
      extension: extensionOf(field(partner, "Channel")),
      queue,
      since: known?.talker?.since ?? at,
    },
  };
}

/** The queue stands in the arguments of the application, "support,,,,120". */
function queueOf(caller: AmiFrame, known: TrackedCall | undefined): string {
  if (field(caller, "Application") !== "Queue") return known?.queue ?? "";
  return bounded(field(caller, "ApplicationData").split(",")[0] ?? "");
}

const RINGING = "5";

function offerFromList(channel: AmiFrame, queue: string, at: number): readonly Offer[] {
  if (field(channel, "ChannelState") !== RINGING) return [];
  const name = field(channel, "Channel");
  const offer = { channel: field(channel, "Uniqueid"), pair: pairOf(name), extension: extensionOf(name), queue, at };
  return [{ ...offer, unanswered: false, via: field(channel, "Application") === "AppQueue" ? "queue" : "transfer" }];
}

function snapshotCall(call: TrackedCall, entry: AmiFrame | undefined, at: number): SnapshotCall {
  const waits = call.stage === "waiting" || call.stage === "connecting";
  return {
    ...call.caller,
    callKey: call.key,
    phase: waits ? "waiting" : call.stage === "talking" ? "talking" : "other",
    queue: call.queue,
    extension: call.talker?.extension ?? "",
    ringing: call.offers.map((offer) => offer.extension),
    rings: call.offers.map(({ channel }) => ({ leg: channel })),
    position: entry ? Number(field(entry, "Position")) || 0 : 0,
    waitMs: waits && call.waitsSince > 0 ? Math.max(0, at - call.waitsSince) : 0,
  };
}

import { randomUUID } from "node:crypto";
import {
  bridgePairs,
  channelPairs,
  type DeviceStatus,
  type EventClass,
  memberPairs,
  type Pair,
  type SimChannel,
  type SimMember,
} from "./sim-frames.ts";

export type SimQueueConfig = {
  readonly name: string;
  /** Extensions. */
  readonly members: readonly string[];
  /** The number that leads to it; default 400, 401 and so on. */
  readonly exten?: string;
};

export type WaitingCall = { readonly channel: SimChannel; readonly joinedAt: number };

export type SimQueue = { readonly name: string; readonly exten: string; readonly members: SimMember[]; readonly waiting: WaitingCall[] };

/** The exchange: channels, phones, queues, and the one way out for events. */
export type World = {
  readonly now: () => number;
  readonly event: (eventClass: EventClass, name: string, pairs: readonly Pair[]) => void;
  readonly queues: readonly SimQueue[];
  readonly channels: Map<string, SimChannel>;
  readonly startedAt: number;
  counter: number;
  /** Called when an agent or a caller may be free for the next step. */
  changed: () => void;
};

export const UP = 6;
export const RINGING = 5;

export function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

export function createWorld(options: {
  readonly now: () => number;
  readonly event: World["event"];
  readonly queues: readonly SimQueueConfig[];
}): World {
  const loginTime = seconds(options.now());
  const member = (extension: string): SimMember => ({
    extension,
    interface: `PJSIP/agent${extension}`,
    dynamic: false,
    paused: false,
    pausedReason: "",
    lastPause: 0,
    lastCall: 0,
    callsTaken: 0,
    inCall: false,
    loginTime,
  });
  const queues = options.queues.map(({ name, members, exten }, i) => ({
    name,
    exten: exten ?? String(400 + i),
    members: members.map(member),
    waiting: [],
  }));
  const { now, event } = options;
  return { now, event, queues, channels: new Map(), startedAt: now(), counter: 0, changed: () => undefined };
}

export function queueNamed(world: World, name: string): SimQueue {
  const queue = world.queues.find((one) => one.name === name);
  if (queue === undefined) throw new Error(`the simulated PBX has no queue ${name}`);
  return queue;
}

export function openChannel(world: World, endpoint: string, of: Partial<SimChannel>): SimChannel {
  const count = world.counter++;
  const uniqueid = `${seconds(world.now())}.${count}`;
  const channel: SimChannel = {
    name: `PJSIP/${endpoint}-${count.toString(16).padStart(8, "0")}`,
    uniqueid,
    linkedid: uniqueid,
    state: 0,
    number: "",
    callerName: "",
    connected: "",
    connectedName: "",
    context: "internal",
    exten: "s",
    priority: 1,
    app: "",
    appData: "",
    bridge: "",
    since: world.now(),
    ...of,
  };
  world.channels.set(uniqueid, channel);
  world.event("call", "Newchannel", channelPairs(channel));
  return channel;
}

export function enterApp(world: World, channel: SimChannel, app: string, appData: string): void {
  channel.app = app;
  channel.appData = appData;
  const step: Pair[] = [
    ["Extension", channel.exten],
    ["Application", app],
    ["AppData", appData],
  ];
  world.event("dialplan", "Newexten", [...channelPairs(channel), ...step]);
}

export function newState(world: World, channel: SimChannel, state: SimChannel["state"]): void {
  channel.state = state;
  world.event("call", "Newstate", channelPairs(channel));
}

export function setVariables(world: World, channel: SimChannel, values: Readonly<Record<string, string | number>>): void {
  for (const [name, value] of Object.entries(values)) {
    world.event("dialplan", "VarSet", [...channelPairs(channel), ["Variable", name], ["Value", value]]);
  }
}

export function connectedLine(world: World, channel: SimChannel, number: string, name = ""): void {
  channel.connected = number;
  channel.connectedName = name;
  world.event("call", "NewConnectedLine", channelPairs(channel));
}

/** The number that a phone is to show. */
export function showCaller(world: World, channel: SimChannel): void {
  world.event("call", "NewCallerid", [...channelPairs(channel), ["CID-CallingPres", "0 (Presentation Allowed, Not Screened)"]]);
}

/** An event about a caller's channel and a phone's. */
export function dialEvent(world: World, name: string, caller: SimChannel, phone: SimChannel, more: readonly Pair[], agent = false): void {
  world.event(agent ? "agent" : "call", name, [...channelPairs(caller), ...channelPairs(phone, "Dest"), ...more]);
}

export function hangUp(world: World, channel: SimChannel, cause: number): void {
  world.channels.delete(channel.uniqueid);
  const text = CAUSES[cause] ?? "Unknown";
  world.event("call", "Hangup", [...channelPairs(channel), ["Cause", cause], ["Cause-txt", text]]);
  deviceState(world, channel);
}

const CAUSES: Readonly<Record<number, string>> = {
  16: "Normal Clearing",
  17: "User busy",
  19: "User alerting, no answer",
  21: "Call Rejected",
};

/** The media figures that a real PBX sets at the end of each leg: most of its traffic. */
export function mediaFigures(world: World, channel: SimChannel, suffix = ""): void {
  const zeros = (names: readonly string[]) => names.map((name) => `${name}=000.000000;`).join("");
  setVariables(world, channel, {
    [`RTPAUDIOQOS${suffix}`]: "ssrc=1448423168;themssrc=0;lp=0;rxjitter=0.000000;rxcount=0;txjitter=0.000000;txcount=0;rlp=0;rtt=0.000000",
    [`RTPAUDIOQOSJITTER${suffix}`]: zeros(["minrxjitter", "maxrxjitter", "avgrxjitter", "stdevrxjitter", "mintxjitter", "maxtxjitter"]),
    [`RTPAUDIOQOSLOSS${suffix}`]: zeros(["minrxlost", "maxrxlost", "avgrxlost", "stdevrxlost", "mintxlost", "maxtxlost"]),
    [`RTPAUDIOQOSRTT${suffix}`]: zeros(["minrtt", "maxrtt", "avgrtt", "stdevrtt"]),
    [`RTPAUDIOQOSMES${suffix}`]: zeros(["minrxmes", "maxrxmes", "avgrxmes", "stdevrxmes", "mintxmes", "maxtxmes"]),
  });
}

export function statusOf(world: World, member: SimMember): DeviceStatus {
  for (const channel of world.channels.values()) {
    if (!channel.name.startsWith(`${member.interface}-`)) continue;
    if (channel.state === UP) return 2;
    if (channel.state === RINGING) return 6;
  }
  return 1;
}

const DEVICE_STATES = { 1: "NOT_INUSE", 2: "INUSE", 5: "UNAVAILABLE", 6: "RINGING" } as const;

/** Tells the state of a channel's device, and of the queue members that it is. */
export function deviceState(world: World, channel: SimChannel): void {
  const device = channel.name.slice(0, channel.name.lastIndexOf("-"));
  const places = world.queues.flatMap((queue) =>
    queue.members.filter((one) => one.interface === device).map((member) => ({ queue, member })),
  );
  const first = places[0];
  const busy = [...world.channels.values()].some((one) => one.name.startsWith(`${device}-`));
  const status = first ? statusOf(world, first.member) : busy ? 2 : 1;
  world.event("call", "DeviceStateChange", [
    ["Device", device],
    ["State", DEVICE_STATES[status]],
  ]);
  for (const { queue, member } of places) world.event("agent", "QueueMemberStatus", memberPairs(queue.name, member, status, false));
  if (places.length > 0) world.changed();
}

/** Joins two channels; the phone enters first. */
export function bridge(world: World, phone: SimChannel, caller: SimChannel): void {
  const uniqueid = randomUUID();
  world.event("call", "BridgeCreate", bridgePairs(uniqueid, 0, "simple_bridge"));
  for (const [i, channel] of [phone, caller].entries()) {
    channel.bridge = uniqueid;
    world.event("call", "BridgeEnter", [...bridgePairs(uniqueid, i + 1, "simple_bridge"), ...channelPairs(channel)]);
  }
  for (const [one, other] of [
    [caller, phone],
    [phone, caller],
  ] as const) {
    setVariables(world, one, { BRIDGEPEER: other.name, BRIDGEPVTCALLID: `${other.uniqueid}@127.0.0.1` });
  }
}

/** Takes the channels out in the given order, the last one ending the bridge. */
export function leaveBridge(world: World, ...channels: readonly SimChannel[]): void {
  const uniqueid = channels[0]?.bridge ?? "";
  for (const [i, channel] of channels.entries()) {
    setVariables(world, channel, { BRIDGEPEER: "", BRIDGEPVTCALLID: "" });
    channel.bridge = "";
    const left = channels.length - 1 - i;
    world.event("call", "BridgeLeave", [...bridgePairs(uniqueid, left, "native_rtp"), ...channelPairs(channel)]);
  }
  world.event("call", "BridgeDestroy", bridgePairs(uniqueid, 0, "native_rtp"));
}

/** What the simulated PBX is made of, and how the frames of a real Asterisk 22 spell it: keys and their order are those of the recordings. */

export type Pair = readonly [key: string, value: string | number];

/** The classes that a client can ask for by EventMask. */
export type EventClass = "call" | "agent" | "dialplan" | "system" | "security";

export type SimChannel = {
  readonly name: string;
  readonly uniqueid: string;
  linkedid: string;
  /** 0 down, 4 ring, 5 ringing, 6 up. */
  state: 0 | 4 | 5 | 6;
  number: string;
  callerName: string;
  connected: string;
  connectedName: string;
  context: string;
  exten: string;
  priority: number;
  app: string;
  appData: string;
  /** Uniqueid of the bridge it is in, "" if in none. */
  bridge: string;
  /** UTC epoch ms. */
  readonly since: number;
};

export type SimMember = {
  readonly extension: string;
  readonly interface: string;
  readonly dynamic: boolean;
  paused: boolean;
  pausedReason: string;
  /** UTC epoch seconds. */
  lastPause: number;
  lastCall: number;
  callsTaken: number;
  inCall: boolean;
  readonly loginTime: number;
};

const STATE_NAMES = { 0: "Down", 4: "Ring", 5: "Ringing", 6: "Up" } as const;

export function channelPairs(channel: SimChannel, prefix = ""): Pair[] {
  const pairs: Pair[] = [
    ["Channel", channel.name],
    ["ChannelState", channel.state],
    ["ChannelStateDesc", STATE_NAMES[channel.state]],
    ["CallerIDNum", channel.number || "<unknown>"],
    ["CallerIDName", channel.callerName || "<unknown>"],
    ["ConnectedLineNum", channel.connected || "<unknown>"],
    ["ConnectedLineName", channel.connectedName || "<unknown>"],
    ["Language", "en"],
    ["AccountCode", ""],
    ["Context", channel.context],
    ["Exten", channel.exten],
    ["Priority", channel.priority],
    ["Uniqueid", channel.uniqueid],
    ["Linkedid", channel.linkedid],
  ];
  return prefix === "" ? pairs : pairs.map(([key, value]) => [`${prefix}${key}`, value]);
}

export function bridgePairs(uniqueid: string, channels: number, technology: string, prefix = ""): Pair[] {
  return [
    [`${prefix}BridgeUniqueid`, uniqueid],
    [`${prefix}BridgeType`, "basic"],
    [`${prefix}BridgeTechnology`, technology],
    [`${prefix}BridgeCreator`, "<unknown>"],
    [`${prefix}BridgeName`, "<unknown>"],
    [`${prefix}BridgeNumChannels`, channels],
    [`${prefix}BridgeVideoSourceMode`, "none"],
  ];
}

export type DeviceStatus = 1 | 2 | 5 | 6;

/** As in events (`list` false) or in the answer to QueueStatus. */
export function memberPairs(queue: string, member: SimMember, status: DeviceStatus, list: boolean): Pair[] {
  const name = `Agent/${member.extension}`;
  return [
    ["Queue", queue],
    [list ? "Name" : "MemberName", name],
    [list ? "Location" : "Interface", member.interface],
    ["StateInterface", member.interface],
    ["Membership", member.dynamic ? "dynamic" : "static"],
    ["Penalty", 0],
    ["CallsTaken", member.callsTaken],
    ["LastCall", member.lastCall],
    ["LastPause", member.lastPause],
    ["LoginTime", member.loginTime],
    ["InCall", member.inCall ? 1 : 0],
    ["Status", status],
    ["Paused", member.paused ? 1 : 0],
    ["PausedReason", member.pausedReason],
    ...(list ? [] : ([["Ringinuse", 0]] as const)),
    ["Wrapuptime", 0],
  ];
}

/** A value that came from a test must not end its line: as in the real PBX, where SIP forbids it. */
function oneLine(value: string | number): string {
  return typeof value === "number" ? String(value) : value.replace(/[\r\n]/g, " ");
}

export function frameText(pairs: readonly Pair[]): string {
  return `${pairs.map(([key, value]) => `${key}: ${oneLine(value)}\r\n`).join("")}\r\n`;
}

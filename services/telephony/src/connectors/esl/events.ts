import { isCustomer } from "../../facts/call-keys.ts";
import { NO_BRIDGE, NO_CHANNEL, type RoutedChannel, type RoutedEvent, type RoutedEventType } from "../routed/events.ts";
import { bridgeOf, legOf, listenerOf, refOf } from "../routed/values.ts";
import { attestationOf, causeOf, type EslEvent, header, isSafeId, msOf, stateOf, transferTarget, userOf } from "./values.ts";

/** Events of FreeSWITCH's event socket, as what the state machine of a routed call knows. Source: FreeSWITCH's event list and switch_channel.c. */

/** What is asked for. */
export const ESL_EVENTS = [
  "BACKGROUND_JOB",
  "CHANNEL_CREATE",
  "CHANNEL_PROGRESS",
  "CHANNEL_PROGRESS_MEDIA",
  "CHANNEL_ANSWER",
  "CHANNEL_PARK",
  "CHANNEL_BRIDGE",
  "CHANNEL_UNBRIDGE",
  "CHANNEL_HOLD",
  "CHANNEL_UNHOLD",
  "CHANNEL_HANGUP",
  "CHANNEL_HANGUP_COMPLETE",
  "RECORD_STOP",
  "DTMF",
] as const;

/** What our recordings are called, so that those of somebody else are left alone. */
export const RECORDING = "trunkline-";

/** The application of the state machine; FreeSWITCH knows none, it parks. */
export const ESL_APP = "trunkline";

export function parseEslEvent(body: string): EslEvent | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as EslEvent) : undefined;
  } catch {
    return undefined;
  }
}

/** What the dial plan, or our own order, says a parked line is there for. */
function applicationOf(event: EslEvent): Pick<RoutedChannel, "app" | "args"> {
  const queue = header(event, "variable_trunkline_queue");
  const number = header(event, "variable_trunkline_number");
  if (queue !== "") return { app: ESL_APP, args: [queue, attestationOf(event), number] };
  return number === "" ? { app: "", args: [] } : { app: ESL_APP, args: ["customer", number] };
}

/** The line that an event or a dump is about; one without an id that a command can name is none. */
export function eslChannel(event: EslEvent): RoutedChannel {
  const id = header(event, "Unique-ID");
  if (!isSafeId(id)) return NO_CHANNEL;
  const hidden = header(event, "Caller-Privacy-Hide-Number") === "true";
  const number = hidden ? "anonymous" : header(event, "Caller-Caller-ID-Number");
  const name = header(event, "Caller-Caller-ID-Name");
  return {
    id,
    name: header(event, "Channel-Name"),
    state: stateOf(event),
    number,
    // Where there is no name, FreeSWITCH repeats the number.
    callerName: name === number || (hidden && header(event, "Caller-Privacy-Hide-Name") === "true") ? "" : name,
    exten: header(event, "variable_trunkline_dialed") || header(event, "Caller-Destination-Number"),
    ...applicationOf(event),
    createdAt: msOf(header(event, "Caller-Channel-Created-Time")),
  };
}

const NOTHING_SAID = {
  replace: "",
  target: NO_CHANNEL,
  transferee: "",
  bridge: NO_BRIDGE,
  args: [],
  cause: 0,
  causeText: "",
  digit: "",
  durationMs: 0,
} as const;

function told(type: RoutedEventType, at: number, channel: RoutedChannel, more: Partial<RoutedEvent> = {}): RoutedEvent {
  return { ...NOTHING_SAID, dialStatus: "", exten: "", success: true, ...more, type, at, channel };
}

/** The other side of a bridge, of which the event says little. */
function otherSide(id: string, name: string, exten: string): RoutedChannel {
  return isSafeId(id) ? { ...NO_CHANNEL, id, name, exten } : NO_CHANNEL;
}

function sides(event: EslEvent): { one: RoutedChannel; other: RoutedChannel } {
  const one = eslChannel(event);
  const [a, b] = [header(event, "Bridge-A-Unique-ID"), header(event, "Bridge-B-Unique-ID")];
  const name = header(event, "Other-Leg-Channel-Name");
  const exten = header(event, "Caller-Callee-ID-Number") || header(event, "Other-Leg-Destination-Number") || userOf(name);
  return { one, other: otherSide(a === one.id ? b : a, name, exten) };
}

function bridged(event: EslEvent, at: number): RoutedEvent[] {
  const { one, other } = sides(event);
  if (one.id === "" || other.id === "") return [];
  const ref = legOf(one.id)?.ref ?? legOf(other.id)?.ref;
  if (ref !== undefined) return [told("joined", at, one, { bridge: { id: bridgeOf(ref), channels: [one.id, other.id] } })];
  const mirrored = { ...one, exten: userOf(one.name) };
  return [told("reached", at, one, { target: other }), told("reached", at, other, { target: mirrored })];
}

function unbridged(event: EslEvent, at: number): RoutedEvent[] {
  const { one, other } = sides(event);
  if (one.id === "" || other.id === "") return [];
  const to = transferTarget(header(event, "variable_transfer_source"));
  return [
    ...(to === undefined ? [] : [told("transferred_blind", at, other, { transferee: one.id, exten: to })]),
    told("parted", at, one),
    told("parted", at, other),
  ];
}

/** The agent's own phone handed over: FreeSWITCH says so in the cause. */
const HANDED_OVER: Readonly<Record<string, RoutedEventType>> = {
  BLIND_TRANSFER: "transferred_blind",
  ATTENDED_TRANSFER: "transferred_attended",
};

function ended(event: EslEvent, at: number, channel: RoutedChannel): RoutedEvent[] {
  const causeText = header(event, "Hangup-Cause");
  const gone = told("gone", at, channel, { cause: causeOf(causeText, header(event, "variable_hangup_cause_q850")), causeText });
  const handed = Object.hasOwn(HANDED_OVER, causeText) ? HANDED_OVER[causeText] : undefined;
  return handed === undefined ? [gone] : [told(handed, at, channel), gone];
}

function recorded(event: EslEvent, at: number, channel: RoutedChannel): RoutedEvent[] {
  const [file = ""] = /[^/]*$/.exec(header(event, "Record-File-Path")) ?? [];
  if (!file.startsWith(RECORDING)) return [];
  const ms = header(event, "variable_record_ms");
  const bridge = { id: bridgeOf(refOf(channel.id)), channels: [] };
  return [told("recording_over", at, channel, { bridge, durationMs: /^[0-9]{1,9}$/.test(ms) ? Number(ms) : 0 })];
}

/** A line that we ordered and that never came to be has no end of its own: the order's result tells it. */
function orderEnded(event: EslEvent, at: number): RoutedEvent[] {
  const id = header(event, "Job-UUID");
  const cause = /^-ERR ([A-Z_]+)/.exec(header(event, "_body"))?.[1];
  if (cause === undefined || (legOf(id) === undefined && !isCustomer(id))) return [];
  return [told("gone", at, { ...NO_CHANNEL, id }, { cause: causeOf(cause), causeText: cause })];
}

function isOurs(id: string): boolean {
  return legOf(id) !== undefined || isCustomer(id) || listenerOf(id) !== undefined;
}

/** What an event means, in order; nothing for a line that is no business of ours. Never throws. */
export function translateEsl(event: EslEvent): readonly RoutedEvent[] {
  const at = msOf(header(event, "Event-Date-Timestamp"));
  const name = header(event, "Event-Name");
  if (name === "BACKGROUND_JOB") return orderEnded(event, at);
  if (name === "CHANNEL_BRIDGE") return bridged(event, at);
  if (name === "CHANNEL_UNBRIDGE") return unbridged(event, at);
  const channel = eslChannel(event);
  if (channel.id === "") return [];
  switch (name) {
    case "CHANNEL_CREATE":
    case "CHANNEL_ANSWER":
      return [told("state_changed", at, channel)];
    case "CHANNEL_PROGRESS":
    case "CHANNEL_PROGRESS_MEDIA":
      return [told("state_changed", at, { ...channel, state: channel.state === "Up" ? "Up" : "Ringing" })];
    case "CHANNEL_PARK": {
      const ours = channel.app !== "" || isOurs(channel.id);
      return ours ? [told("entered", at, channel, { args: channel.args })] : [];
    }
    case "CHANNEL_HOLD":
      return [told("phone_held", at, channel)];
    case "CHANNEL_UNHOLD":
      return [told("phone_resumed", at, channel)];
    case "CHANNEL_HANGUP":
      return [told("hanging_up", at, channel)];
    case "CHANNEL_HANGUP_COMPLETE":
      return ended(event, at, channel);
    case "DTMF":
      return [told("pressed", at, channel, { digit: header(event, "DTMF-Digit") })];
    case "RECORD_STOP":
      return recorded(event, at, channel);
    default:
      return [];
  }
}

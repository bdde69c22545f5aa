/**
 * Frames of the Asterisk REST Interface's event socket, as values. Source: the ARI event models of Asterisk 22; field by field as seen in
 * recordings of the real one.
 */

import { NO_BRIDGE, NO_CHANNEL, type RoutedBridge, type RoutedChannel, type RoutedEvent, type RoutedEventType } from "../routed/events.ts";

/** What the connector wants to hear of; the PBX is asked to send nothing else. */
export const ARI_EVENTS = [
  "StasisStart",
  "StasisEnd",
  "ChannelDestroyed",
  "ChannelHangupRequest",
  "ChannelStateChange",
  "Dial",
  "ChannelEnteredBridge",
  "ChannelLeftBridge",
  "ChannelHold",
  "ChannelUnhold",
  "BridgeBlindTransfer",
  "BridgeAttendedTransfer",
  "ChannelDtmfReceived",
  "RecordingFinished",
  "RecordingFailed",
  "ApplicationReplaced",
] as const;

export type AriEventType = (typeof ARI_EVENTS)[number];

const MEANINGS: Readonly<Record<AriEventType, RoutedEventType>> = {
  StasisStart: "entered",
  StasisEnd: "left",
  ChannelDestroyed: "gone",
  ChannelHangupRequest: "hanging_up",
  ChannelStateChange: "state_changed",
  Dial: "dialled",
  ChannelEnteredBridge: "joined",
  ChannelLeftBridge: "parted",
  ChannelHold: "phone_held",
  ChannelUnhold: "phone_resumed",
  BridgeBlindTransfer: "transferred_blind",
  BridgeAttendedTransfer: "transferred_attended",
  ChannelDtmfReceived: "pressed",
  RecordingFinished: "recording_over",
  RecordingFailed: "recording_over",
  ApplicationReplaced: "taken_over",
};

export type AriProblem = "frame_too_large" | "not_json" | "not_an_event";

/** Longest frame that is looked at, in UTF-16 units. */
export const MAX_ARI_FRAME = 262_144;
const MAX_CHANNEL_ID = 150;
const MAX_ARGS = 16;
const KNOWN: ReadonlySet<string> = new Set(ARI_EVENTS);

type Json = { readonly [key: string]: unknown };
const NONE: Json = {};

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : NONE;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function whole(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) ? value : 0;
}

/** "2026-11-22T07:33:53.439+0000" as UTC epoch ms. */
export function ariTime(value: unknown): number {
  const at = Date.parse(text(value).replace(/([+-]\d\d)(\d\d)$/, "$1:$2"));
  return Number.isFinite(at) && at > 0 ? at : 0;
}

/** A channel of an event or of GET /channels; without an id it is none. */
export function ariChannel(value: unknown): RoutedChannel {
  const json = object(value);
  const id = text(json["id"]);
  if (id === "" || id.length > MAX_CHANNEL_ID) return NO_CHANNEL;
  const caller = object(json["caller"]);
  const dialplan = object(json["dialplan"]);
  return {
    id,
    name: text(json["name"]),
    state: text(json["state"]),
    number: text(caller["number"]),
    callerName: text(caller["name"]),
    exten: text(dialplan["exten"]),
    ...applicationOf(dialplan),
    createdAt: ariTime(json["creationtime"]),
  };
}

/** "Stasis" with "app,argument,..." is an application with its arguments. */
function applicationOf(dialplan: Json): Pick<RoutedChannel, "app" | "args"> {
  if (dialplan["app_name"] !== "Stasis") return { app: "", args: [] };
  const [app = "", ...args] = text(dialplan["app_data"]).split(",");
  return { app, args };
}

export function ariBridge(value: unknown): RoutedBridge {
  const json = object(value);
  const id = text(json["id"]);
  return id === "" ? NO_BRIDGE : { id, channels: list(json["channels"]).filter((one) => typeof one === "string") };
}

/** Events that speak of something else than `channel`. */
const SUBJECT: Readonly<Partial<Record<AriEventType, string>>> = {
  Dial: "peer",
  BridgeAttendedTransfer: "transferer_first_leg",
};

function eventOf(type: AriEventType, json: Json): RoutedEvent | AriProblem {
  const channel = ariChannel(json[SUBJECT[type] ?? "channel"]);
  const recording = object(json["recording"]);
  const bridge = /^bridge:(.+)$/.exec(text(recording["target_uri"]))?.[1] ?? "";
  if (channel.id === "" && bridge === "" && type !== "ApplicationReplaced") return "not_an_event";
  return {
    type: MEANINGS[type],
    at: ariTime(json["timestamp"]),
    channel,
    replace: ariChannel(json["replace_channel"]).id,
    target: ariChannel(json["transfer_target"]),
    transferee: ariChannel(json["transferee"]).id,
    bridge: bridge === "" ? ariBridge(json["bridge"] ?? json["transferer_first_leg_bridge"]) : { id: bridge, channels: [] },
    args: list(json["args"]).slice(0, MAX_ARGS).map(text),
    cause: whole(json["cause"]),
    causeText: text(json["cause_txt"]),
    dialStatus: text(json["dialstatus"]),
    exten: text(json["exten"]),
    digit: text(json["digit"]),
    success: json["result"] === "Success",
    durationMs: type === "RecordingFinished" ? whole(recording["duration"]) * 1000 : 0,
  };
}

/** One frame: an event, undefined for a kind that nobody asked for, or what is wrong with it. Never throws. */
export function parseAriFrame(frame: string): RoutedEvent | AriProblem | undefined {
  if (frame.length > MAX_ARI_FRAME) return "frame_too_large";
  let value: unknown;
  try {
    value = JSON.parse(frame);
  } catch {
    return "not_json";
  }
  const json = object(value);
  const type = text(json["type"]);
  if (type === "") return "not_an_event";
  return KNOWN.has(type) ? eventOf(type as AriEventType, json) : undefined;
}

/**
 * Frames of the Asterisk REST Interface's event socket, as values. Source: the ARI event models of Asterisk 22; field by field as seen in
 * recordings of the real one.
 */

/** A channel as ARI shows it; a field that is missing or of another type reads as "". */
export type AriChannel = {
  readonly id: string;
  /** "PJSIP/agent1001-0000002a" */
  readonly name: string;
  /** Down, Ring, Ringing, Up, Busy and others. */
  readonly state: string;
  readonly number: string;
  readonly callerName: string;
  readonly exten: string;
  readonly app: string;
  readonly appData: string;
  /** UTC epoch ms, 0 if unreadable. */
  readonly createdAt: number;
};

export type AriBridge = { readonly id: string; readonly channels: readonly string[] };

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

export type AriEvent = {
  readonly type: AriEventType;
  /** UTC epoch ms by the PBX's clock, 0 if unreadable. */
  readonly at: number;
  /** Whom it is about: of a Dial the one who is dialled, of a transfer the one who transfers. */
  readonly channel: AriChannel;
  /** Of a StasisStart the channel that was replaced by this one, of a blind transfer the one that replaces. */
  readonly replace: string;
  /** Of an attended transfer: who the caller now talks to. */
  readonly target: AriChannel;
  /** Of a transfer: the caller. */
  readonly transferee: string;
  readonly bridge: AriBridge;
  readonly args: readonly string[];
  /** ITU-T Q.850, 0 if unknown. */
  readonly cause: number;
  readonly causeText: string;
  readonly dialStatus: string;
  readonly exten: string;
  readonly success: boolean;
  /** The key that was pressed. */
  readonly digit: string;
  /** The length of a recording that is over, ms. */
  readonly durationMs: number;
};

export type AriProblem = "frame_too_large" | "not_json" | "not_an_event";

/** Longest frame that is looked at, in UTF-16 units. */
export const MAX_ARI_FRAME = 262_144;
const MAX_CHANNEL_ID = 150;
const MAX_ARGS = 16;
const KNOWN: ReadonlySet<string> = new Set(ARI_EVENTS);

type Json = { readonly [key: string]: unknown };
const NONE: Json = {};
const NO_CHANNEL: AriChannel = { id: "", name: "", state: "", number: "", callerName: "", exten: "", app: "", appData: "", createdAt: 0 };
const NO_BRIDGE: AriBridge = { id: "", channels: [] };

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
export function ariChannel(value: unknown): AriChannel {
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
    app: text(dialplan["app_name"]),
    appData: text(dialplan["app_data"]),
    createdAt: ariTime(json["creationtime"]),
  };
}

export function ariBridge(value: unknown): AriBridge {
  const json = object(value);
  const id = text(json["id"]);
  return id === "" ? NO_BRIDGE : { id, channels: list(json["channels"]).filter((one) => typeof one === "string") };
}

/** Events that speak of something else than `channel`. */
const SUBJECT: Readonly<Partial<Record<AriEventType, string>>> = {
  Dial: "peer",
  BridgeAttendedTransfer: "transferer_first_leg",
};

function eventOf(type: AriEventType, json: Json): AriEvent | AriProblem {
  const channel = ariChannel(json[SUBJECT[type] ?? "channel"]);
  const recording = object(json["recording"]);
  const bridge = /^bridge:(.+)$/.exec(text(recording["target_uri"]))?.[1] ?? "";
  if (channel.id === "" && bridge === "" && type !== "ApplicationReplaced") return "not_an_event";
  return {
    type,
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
export function parseAriFrame(frame: string): AriEvent | AriProblem | undefined {
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

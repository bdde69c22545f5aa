import { randomUUID } from "node:crypto";
import type { AriRecording } from "./ari-sim-record.ts";

/**
 * What the simulated ARI exchange is made of, and how the frames of a real Asterisk 22 spell it: keys as in the recordings of
 * services/telephony/fixtures/ari.
 */

/** What truly happened on the lines, told by the exchange itself; nothing in it comes from the product. `at` is UTC epoch ms. */
export type AriWitness = { readonly at: number } & (
  | { readonly kind: "came"; readonly caller: string; readonly number: string; readonly args: readonly string[] }
  /** Nobody listened: the exchange did not let the caller in. */
  | { readonly kind: "turned_away"; readonly number: string }
  /** A phone rings, and the number on its display. Of a call to outside `extension` is the number that was dialled. */
  | { readonly kind: "rings"; readonly phone: string; readonly extension: string; readonly number: string }
  | { readonly kind: "silent"; readonly phone: string; readonly extension: string; readonly answered: boolean }
  /** Both hear each other. */
  | { readonly kind: "met" | "parted"; readonly caller: string; readonly phone: string; readonly extension: string }
  /** A line is down: who did it, "order" by a request to the exchange. */
  | { readonly kind: "caller_gone"; readonly caller: string; readonly by: Ending }
  | { readonly kind: "phone_gone"; readonly phone: string; readonly extension: string; readonly by: Ending }
);

export type Ending = "party" | "order" | "exchange";

/** AriWitness without its time. */
export type AriTruth = AriWitness extends infer W ? (W extends AriWitness ? Omit<W, "at"> : never) : never;

export type AriChannel = {
  readonly id: string;
  readonly name: string;
  /** Of an agent's phone, "" for lines to outside. */
  readonly extension: string;
  state: "Down" | "Ring" | "Ringing" | "Up";
  readonly caller: { readonly name: string; readonly number: string };
  connected: string;
  /** In the application, with these arguments. */
  args: readonly string[] | undefined;
  readonly dialled: { readonly dialstring: string; readonly app: string; readonly args: readonly string[] } | undefined;
  readonly exten: string;
  readonly since: number;
  /** Carries what is said on that channel, and ends with it. */
  readonly copyOf?: string;
  /** The application hears of its end. */
  followed: boolean;
  /** It has talked before. */
  joined: number;
  bridge: string;
  gone: boolean;
};

export type AriBridge = { readonly id: string; readonly name: string; readonly channels: string[]; readonly since: number };

export type AriWorld = {
  readonly app: string;
  readonly now: () => number;
  readonly channels: Map<string, AriChannel>;
  readonly bridges: Map<string, AriBridge>;
  readonly recordings: Map<string, AriRecording>;
  /** To whoever listens. */
  readonly tell: (event: object) => void;
  readonly witness: (truth: AriTruth) => void;
  readonly listening: () => boolean;
  counter: number;
};

export const nobodyYet = (): Pick<AriWorld, "channels" | "bridges" | "recordings" | "counter"> => ({
  channels: new Map(),
  bridges: new Map(),
  recordings: new Map(),
  counter: 0,
});

export const stampOf = (at: number) => new Date(at).toISOString().replace("Z", "+0000");

export function openChannel(
  world: AriWorld,
  endpoint: string,
  of: Partial<AriChannel> & Pick<AriChannel, "caller" | "extension">,
): AriChannel {
  const count = world.counter++;
  const channel: AriChannel = {
    id: `${Math.floor(world.now() / 1000)}.${count}`,
    name: `PJSIP/${endpoint}-${count.toString(16).padStart(8, "0")}`,
    state: "Down",
    connected: "",
    args: undefined,
    dialled: undefined,
    exten: "s",
    since: world.now(),
    followed: false,
    joined: 0,
    bridge: "",
    gone: false,
    ...of,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** As events and lists show a channel. */
export function channelJson({ app }: AriWorld, channel: AriChannel): object {
  const { id, name, state, caller, connected, args, dialled, exten, since } = channel;
  const outgoing = dialled === undefined ? { app_name: "", app_data: "" } : { app_name: "AppDial2", app_data: "(Outgoing Line)" };
  const inside = args === undefined ? outgoing : { app_name: "Stasis", app_data: [app, ...args].join(",") };
  return {
    id,
    name,
    state,
    protocol_id: `${id}@127.0.0.1`,
    caller,
    connected: { name: "", number: connected },
    accountcode: "",
    dialplan: { context: dialled === undefined ? "incoming" : "internal", exten, priority: 1, ...inside },
    creationtime: stampOf(since),
    language: "en",
  };
}

export function bridgeJson({ id, name, channels, since }: AriBridge): object {
  const kind = { technology: "simple_bridge", bridge_type: "mixing", bridge_class: "stasis", creator: "Stasis" };
  return { id, ...kind, name, channels, creationtime: stampOf(since), video_mode: "talker" };
}

/** An event about a channel; the application hears only of those that it has or follows. */
export function tellOf(world: AriWorld, channel: AriChannel, type: string, more: object = {}): void {
  if (channel.args === undefined && !channel.followed) return;
  world.tell({ ...more, type, timestamp: stampOf(world.now()), channel: channelJson(world, channel), ...tail(world) });
}

function tail({ app }: AriWorld): object {
  return { asterisk_id: "simulated", application: app };
}

export function replacedEvent(world: AriWorld): object {
  return { type: "ApplicationReplaced", timestamp: stampOf(world.now()), ...tail(world) };
}

export function tellRecording(world: AriWorld, type: string, { name, bridge, state }: AriRecording, durationS?: number): void {
  const duration = durationS === undefined ? {} : { duration: durationS };
  const recording = { name, format: "wav", state, target_uri: `bridge:${bridge}`, ...duration };
  world.tell({ type, timestamp: stampOf(world.now()), recording, ...tail(world) });
}

export function tellDial(world: AriWorld, channel: AriChannel, dialstatus: string): void {
  const dialstring = channel.dialled?.dialstring ?? "";
  const peer = channelJson(world, channel);
  world.tell({ type: "Dial", timestamp: stampOf(world.now()), dialstatus, forward: "", dialstring, peer, ...tail(world) });
}

export function become(world: AriWorld, channel: AriChannel, state: AriChannel["state"]): void {
  channel.state = state;
  tellOf(world, channel, "ChannelStateChange");
}

export function enterApp(world: AriWorld, channel: AriChannel, args: readonly string[]): void {
  channel.args = args;
  tellOf(world, channel, "StasisStart", { args });
}

function others(world: AriWorld, { channels }: AriBridge, channel: AriChannel): AriChannel[] {
  return channels.flatMap((id) => (id === channel.id ? [] : (world.channels.get(id) ?? [])));
}

/** Of an outside line and a phone that share a bridge. */
function pairs(world: AriWorld, kind: "met" | "parted", bridge: AriBridge, channel: AriChannel): void {
  for (const other of others(world, bridge, channel)) {
    const [line, phone] = channel.extension === "" ? [channel, other] : [other, channel];
    if (line.extension !== "" || phone.extension === "" || line.copyOf !== undefined) continue;
    world.witness({ kind, caller: line.id, phone: phone.id, extension: phone.extension });
  }
}

export function joinBridge(world: AriWorld, bridge: AriBridge, channel: AriChannel): void {
  if (channel.bridge === bridge.id) return;
  leaveBridge(world, channel);
  channel.bridge = bridge.id;
  channel.joined += 1;
  bridge.channels.push(channel.id);
  pairs(world, "met", bridge, channel);
  tellOf(world, channel, "ChannelEnteredBridge", { bridge: bridgeJson(bridge) });
}

export function leaveBridge(world: AriWorld, channel: AriChannel): void {
  const bridge = world.bridges.get(channel.bridge);
  channel.bridge = "";
  if (bridge === undefined) return;
  pairs(world, "parted", bridge, channel);
  bridge.channels.splice(bridge.channels.indexOf(channel.id), 1);
  tellOf(world, channel, "ChannelLeftBridge", { bridge: bridgeJson(bridge) });
}

const CAUSES: Readonly<Record<number, string>> = {
  0: "Unknown",
  16: "Normal Clearing",
  17: "User busy",
  19: "User alerting, no answer",
  21: "Call Rejected",
};
const SIP: Readonly<Record<number, object>> = { 17: { tech_cause: 486 }, 19: { tech_cause: 480 }, 21: { tech_cause: 603 } };

export type HangUp = { readonly by: Ending; readonly cause: number };

/** A line goes down, with all that is told of it. */
export function hangUp(world: AriWorld, channel: AriChannel, { by, cause }: HangUp): void {
  if (channel.gone) return;
  channel.gone = true;
  const refused = by === "party" && channel.state === "Ringing";
  if (by === "party" && !refused) tellOf(world, channel, "ChannelHangupRequest", channel.joined > 1 ? { cause: 16 } : {});
  if (refused) tellOf(world, channel, "ChannelHangupRequest", { cause, ...SIP[cause] });
  if (by === "order") tellOf(world, channel, "ChannelHangupRequest", { cause: 32, soft: true });
  leaveBridge(world, channel);
  if (channel.dialled !== undefined && channel.state !== "Up") tellDial(world, channel, cause === 17 ? "BUSY" : "NOANSWER");
  if (channel.args !== undefined) tellOf(world, channel, "StasisEnd");
  const outside = channel.dialled === undefined;
  if (outside) tellOf(world, channel, "ChannelHangupRequest", { cause: 16, soft: true });
  silence(world, channel, false);
  world.channels.delete(channel.id);
  const followed = channel.followed;
  channel.args = undefined;
  if (followed) tellOf(world, channel, "ChannelDestroyed", { cause, cause_txt: CAUSES[cause] ?? "Unknown", ...SIP[cause] });
  const { id, extension } = channel;
  for (const copy of [...world.channels.values()].filter(({ copyOf }) => copyOf === id)) hangUp(world, copy, { by: "exchange", cause: 16 });
  if (channel.copyOf !== undefined) return;
  world.witness(extension === "" ? { kind: "caller_gone", caller: id, by } : { kind: "phone_gone", phone: id, extension, by });
}

/** The bell of a phone stops. */
export function silence(world: AriWorld, channel: AriChannel, answered: boolean): void {
  if (channel.dialled !== undefined && channel.state === "Ringing")
    world.witness({ kind: "silent", phone: channel.id, extension: calledAs(channel), answered });
}

/** The extension or the number by which somebody is called. */
export function calledAs({ extension, dialled }: AriChannel): string {
  return extension === "" ? (dialled?.dialstring.split("@")[0] ?? "") : extension;
}

export const newBridge = (world: AriWorld, id: string, name: string): AriBridge => {
  const bridge: AriBridge = { id: id === "" ? randomUUID() : id, name, channels: [], since: world.now() };
  world.bridges.set(bridge.id, bridge);
  return bridge;
};

import { type Dialled, dial, NO_ANSWER, type PhoneBook } from "./ari-sim-phones.ts";
import { recordBridge, recordingRequest, storeRecordings } from "./ari-sim-record.ts";
import type { AriReply, AriRequest } from "./ari-sim-server.ts";
import {
  type AriBridge,
  type AriChannel,
  type AriWorld,
  become,
  bridgeJson,
  channelJson,
  enterApp,
  hangUp,
  joinBridge,
  leaveBridge,
  newBridge,
  openChannel,
  stampOf,
} from "./ari-sim-world.ts";

const DONE: AriReply = { status: 204 };
const refused = (status: number, message: string): AriReply => ({ status, body: { message } });
const NO_CHANNEL = refused(404, "Channel not found");
const NO_BRIDGE = refused(404, "Bridge not found");

/** Of a line on which nothing is amiss. */
const WELL_HEARD = { txcount: 500, rxcount: 500, txploss: 0, rxploss: 0, txmes: 87, rxmes: 88, rtt: 0.01 };

type Body = Readonly<Record<string, unknown>>;

/** Does what a request asks for and answers as the real exchange does: its codes, its words. */
export function ariRequests(world: AriWorld, book: PhoneBook): (request: AriRequest) => AriReply {
  return ({ method, path, body }) => {
    const [place = "", query = ""] = path.split("?");
    const [, kind = "", id = "", action = "", other = ""] = place.split("/").map(decodeURIComponent);
    const fields = (body ?? {}) as Body;
    const what = [method, kind, action].filter((part) => part !== "").join(" ");
    if (kind === "channels" && id === "") return { status: 200, body: [...world.channels.values()].map((one) => channelJson(world, one)) };
    if (kind === "bridges" && id === "") return { status: 200, body: [...world.bridges.values()].map(bridgeJson) };
    if (place === "/asterisk/ping")
      return { status: 200, body: { asterisk_id: "00:00:5e:00:53:01", ping: "pong", timestamp: stampOf(world.now()) } };
    if (what === "POST channels") return originate(world, book, id, fields);
    if (what === "POST channels snoop") return copyOf(world, world.channels.get(id), other);
    if (kind === "channels") return withChannel(world, what, id, new URLSearchParams(query));
    if (what === "POST bridges") return makeBridge(world, id, fields);
    if (kind === "bridges") return withBridge(world, what, id, fields);
    if (kind === "recordings") return recordingRequest(world, [method, id, ...path.split("/").slice(4)].join(" "), action);
    if (what === "POST applications subscription") return follow(world, fields);
    return what === "PUT applications eventFilter" ? { status: 200, body: { name: id } } : refused(404, "Resource not found");
  };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

function originate(world: AriWorld, book: PhoneBook, id: string, body: Body): AriReply {
  if (world.channels.has(id)) return refused(409, "Channel with given unique ID already exists");
  const args = text(body["appArgs"]).split(",");
  const timeoutS = typeof body["timeout"] === "number" ? body["timeout"] : 30;
  const of: Dialled = { id, endpoint: text(body["endpoint"]), args, callerId: text(body["callerId"]), timeoutS };
  const made = dial(world, book, of);
  return made === undefined
    ? { status: 500, body: { error: "Allocation failed" } }
    : { status: 200, body: channelJson(world, made.channel), effect: made.ring };
}

function withChannel(world: AriWorld, what: string, id: string, query: URLSearchParams): AriReply {
  const channel = world.channels.get(id);
  if (channel === undefined) return NO_CHANNEL;
  if (what === "DELETE channels") {
    const cause = query.get("reason") === "no_answer" && channel.state !== "Up" ? NO_ANSWER : 16;
    return { ...DONE, effect: () => hangUp(world, channel, { by: "order", cause }) };
  }
  if (channel.args === undefined) return refused(409, "Channel not in Stasis application");
  if (what === "GET channels rtp_statistics") return { status: 200, body: { ...WELL_HEARD, channel_uniqueid: id } };
  const answers = what === "POST channels answer" && channel.state !== "Up";
  if (answers) return { ...DONE, effect: () => channel.gone || become(world, channel, "Up") };
  return /^(POST|DELETE) channels (answer|moh|ring)$/.test(what) ? DONE : refused(404, "Resource not found");
}

/** A channel with what is said on this one; it ends with it. */
function copyOf(world: AriWorld, of: AriChannel | undefined, id: string): AriReply {
  if (of === undefined) return NO_CHANNEL;
  if (world.channels.has(id)) return refused(409, "Channel with given unique ID already exists");
  const copy = openChannel(world, "copy", { id, extension: "", state: "Up", caller: { name: "", number: "" }, copyOf: of.id });
  return { status: 200, body: channelJson(world, copy), effect: () => enterApp(world, copy, ["copy"]) };
}

function makeBridge(world: AriWorld, id: string, body: Body): AriReply {
  if (world.bridges.has(id)) return refused(409, "Bridge with given unique ID already exists");
  return { status: 200, body: bridgeJson(newBridge(world, id, text(body["name"]))) };
}

function withBridge(world: AriWorld, what: string, id: string, body: Body): AriReply {
  const bridge = world.bridges.get(id);
  if (bridge === undefined) return NO_BRIDGE;
  if (what === "DELETE bridges") return { ...DONE, effect: () => endBridge(world, bridge) };
  if (what === "POST bridges record") return recordBridge(world, bridge, text(body["name"]));
  const wanted = Array.isArray(body["channel"]) ? body["channel"].map(text) : [text(body["channel"])];
  const channels = wanted.map((one) => world.channels.get(one));
  if (channels.includes(undefined)) return refused(400, "Channel not found");
  const all = channels as AriChannel[];
  if (all.some(({ args }) => args === undefined)) return refused(422, "Channel not in Stasis application");
  if (what === "POST bridges addChannel") return { ...DONE, effect: () => each(all, (one) => joinBridge(world, bridge, one)) };
  if (what !== "POST bridges removeChannel") return refused(404, "Resource not found");
  if (all.some((one) => one.bridge !== id)) return refused(422, "Channel not in this bridge");
  return { ...DONE, effect: () => each(all, (one) => leaveBridge(world, one)) };
}

function each(channels: readonly AriChannel[], what: (channel: AriChannel) => void): void {
  for (const channel of channels) if (!channel.gone) what(channel);
}

function endBridge(world: AriWorld, bridge: AriBridge): void {
  for (const id of [...bridge.channels]) {
    const channel = world.channels.get(id);
    if (channel !== undefined) leaveBridge(world, channel);
  }
  world.bridges.delete(bridge.id);
  storeRecordings(world, bridge.id);
}

function follow(world: AriWorld, body: Body): AriReply {
  const channel = world.channels.get(text(body["eventSource"]).replace(/^channel:/, ""));
  if (channel === undefined) return refused(422, "Event source does not exist");
  channel.followed = true;
  return { status: 200, body: { name: world.app } };
}

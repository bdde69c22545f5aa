/** What the connector wants done. `call` is the call's ref: orders of one call go out one after the other, calls side by side. */
export type AriOrder = { readonly call: string } & (
  | { readonly do: "answer" | "hold_music" | "stop_music" | "ring_back" | "stop_ring_back"; readonly channel: string }
  /** Events of this channel, also after it left the application. Its channel is over if there is nothing to follow. */
  | { readonly do: "follow"; readonly channel: string }
  | { readonly do: "hang_up"; readonly channel: string; readonly reason: "normal" | "no_answer" | "busy" }
  | {
      readonly do: "dial";
      readonly channel: string;
      readonly endpoint: string;
      readonly args: readonly string[];
      readonly callerId: string;
      /** The PBX gives up by itself after this, whole seconds. */
      readonly timeoutS: number;
    }
  | { readonly do: "make_bridge" | "end_bridge"; readonly bridge: string }
  | { readonly do: "join" | "leave"; readonly bridge: string; readonly channels: readonly string[] }
  /** A channel with what is said on another one. */
  | { readonly do: "copy"; readonly channel: string; readonly copy: string }
  | { readonly do: "record"; readonly bridge: string; readonly name: string }
  | { readonly do: "pause_recording" | "resume_recording"; readonly name: string }
  /** Not the PBX's: whether the offer is still current. */
  | { readonly do: "ask"; readonly channel: string; readonly offerId: string }
  /** Not the PBX's: tell when the ring is over. */
  | { readonly do: "time"; readonly channel: string; readonly ms: number }
);

export type AriRequest = { readonly method: "GET" | "POST" | "PUT" | "DELETE"; readonly path: string; readonly body?: object };

/** An order as a request to the PBX; undefined for those that are not its. Paths are below `/ari`. */
export function requestOf(app: string, order: AriOrder): AriRequest | undefined {
  const channel = "channel" in order ? `/channels/${encodeURIComponent(order.channel)}` : "";
  const bridge = "bridge" in order ? `/bridges/${encodeURIComponent(order.bridge)}` : "";
  switch (order.do) {
    case "answer":
      return { method: "POST", path: `${channel}/answer` };
    case "hold_music":
      return { method: "POST", path: `${channel}/moh` };
    case "stop_music":
      return { method: "DELETE", path: `${channel}/moh` };
    case "ring_back":
      return { method: "POST", path: `${channel}/ring` };
    case "stop_ring_back":
      return { method: "DELETE", path: `${channel}/ring` };
    case "follow":
      return {
        method: "POST",
        path: `/applications/${encodeURIComponent(app)}/subscription`,
        body: { eventSource: `channel:${order.channel}` },
      };
    case "hang_up":
      return { method: "DELETE", path: `${channel}?reason=${order.reason}` };
    case "dial": {
      const { endpoint, callerId, args, timeoutS } = order;
      return { method: "POST", path: channel, body: { endpoint, app, appArgs: args.join(","), callerId, timeout: timeoutS } };
    }
    case "make_bridge":
      return { method: "POST", path: bridge, body: { type: "mixing", name: "trunkline" } };
    case "end_bridge":
      return { method: "DELETE", path: bridge };
    case "join":
      return { method: "POST", path: `${bridge}/addChannel`, body: { channel: order.channels } };
    case "leave":
      return { method: "POST", path: `${bridge}/removeChannel`, body: { channel: order.channels } };
    case "copy": {
      const body = { spy: "both", whisper: "none", app, appArgs: "copy" };
      return { method: "POST", path: `${channel}/snoop/${encodeURIComponent(order.copy)}`, body };
    }
    case "record":
      return { method: "POST", path: `${bridge}/record`, body: { name: order.name, format: "wav", ifExists: "fail" } };
    case "pause_recording":
      return { method: "POST", path: `/recordings/live/${encodeURIComponent(order.name)}/pause` };
    case "resume_recording":
      return { method: "DELETE", path: `/recordings/live/${encodeURIComponent(order.name)}/pause` };
    default:
      return undefined;
  }
}

/** Whoever ordered these must know that they failed; the failure of any other changes nothing: it was about what is over already. */
const FATAL: ReadonlySet<AriOrder["do"]> = new Set([
  "dial",
  "make_bridge",
  "join",
  "copy",
  "record",
  "pause_recording",
  "resume_recording",
]);

export function isHarmless(order: AriOrder): boolean {
  return !FATAL.has(order.do);
}

import { isDomainError } from "@trunkline/errors";
import type { RoutedOrder } from "../routed/orders.ts";
import type { AriHttp } from "./http.ts";

export type AriRequest = { readonly method: "GET" | "POST" | "PUT" | "DELETE"; readonly path: string; readonly body?: object };

/** An order as a request to the PBX; undefined for those that are not its. Paths are below `/ari`. */
export function requestOf(app: string, order: RoutedOrder): AriRequest | undefined {
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

/** The PBX has a channel, bridge or recording of this id: the order was taken before. */
const EXISTS = "409";
const MADE = new Set<RoutedOrder["do"]>(["dial", "make_bridge", "record"]);
const NO_SUCH_CHANNEL = new Set(["404", "422"]);

function statusOf(error: unknown): string {
  return isDomainError(error) ? String(error.details["status"] ?? "") : "";
}

/** @returns false: the PBX knows no such channel to follow @throws DomainError as AriHttp.send */
export async function sendOrder(http: AriHttp, app: string, order: RoutedOrder, deadlineMs: number): Promise<boolean> {
  const request = requestOf(app, order);
  if (request === undefined) return true;
  try {
    await http.send(request, deadlineMs);
    return true;
  } catch (error) {
    if (MADE.has(order.do) && statusOf(error) === EXISTS) return true;
    if (order.do === "follow" && NO_SUCH_CHANNEL.has(statusOf(error))) return false;
    throw error;
  }
}

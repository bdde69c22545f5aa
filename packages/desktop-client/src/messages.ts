import type { Frame, ServerMessage } from "./protocol.ts";

const FRAMES: { readonly [type in Frame["type"]]: true } = { pop: true, call: true, recording: true, session: true };
const isObject = (it: unknown): it is Record<string, unknown> => typeof it === "object" && it !== null;

/** A frame this client can use; what a newer server adds is left out. */
function isFrame(it: unknown): it is Frame {
  return isObject(it) && Object.hasOwn(FRAMES, String(it["type"])) && typeof it["key"] === "string" && typeof it["revision"] === "number";
}

/** @returns undefined for what is not a message of this protocol */
export function readMessage(data: unknown): ServerMessage | undefined {
  if (typeof data !== "string") return undefined;
  const it = parse(data);
  if (!isObject(it)) return undefined;
  switch (it["type"]) {
    case "welcome":
      return typeof it["epoch"] === "string" && typeof it["id"] === "string" ? (it as ServerMessage) : undefined;
    case "snapshot":
      return Array.isArray(it["frames"]) ? { type: "snapshot", frames: it["frames"].filter(isFrame) } : undefined;
    case "frame":
      return typeof it["id"] === "string" && isFrame(it["frame"]) ? { type: "frame", id: it["id"], frame: it["frame"] } : undefined;
    case "board_change":
      return [it["agents"], it["queues"], it["agentsGone"], it["queuesGone"]].every(Array.isArray) ? (it as ServerMessage) : undefined;
    case "callbacks_changed":
      return typeof it["withinMs"] === "number" ? (it as ServerMessage) : undefined;
    case "pong":
      return { type: "pong" };
    default:
      return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import type { Writable } from "node:stream";
import { tally } from "@trunkline/telemetry";
import type { WebSocket } from "ws";
import { textFrame } from "./text-frame.ts";

/** Close codes; docs/reference/desktop-socket.md lists them. */
export const CLOSE = {
  badMessage: 4400,
  unauthenticated: 4401,
  forbidden: 4403,
  helloMissing: 4408,
  tooManyDesktops: 4409,
  slowReader: 4429,
  tooManyMessages: 4429,
  restarting: 4503,
} as const;

const sent = tally("desktop.sent", "frames to desktops, and the writes that carried them", "what");

/** Unsent bytes at which a desktop counts as gone. */
const SLOW_BYTES = 256 * 1024;

/** Calls back when the text has gone out; never where the socket is closed before that. */
export type Send = (text: string, onSent?: () => void) => void;

/** What is said to a desktop within one turn of the event loop goes out as one write, all desktops' one after the other. */
export function sender(socket: WebSocket, line: Writable): Send {
  let texts: string[] = [];
  let gone: (() => void)[] = [];
  let length = 0;
  const write = () => {
    const frames = texts.map(textFrame);
    const told = gone;
    sent("frames", texts.length);
    sent("writes");
    [texts, gone] = [[], []];
    length = 0;
    if (socket.readyState !== socket.OPEN) return;
    line.write(frames.length === 1 ? frames[0] : Buffer.concat(frames), () => {
      for (const onSent of told) onSent();
    });
  };
  return (text, onSent) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount + length > SLOW_BYTES) {
      socket.close(CLOSE.slowReader, "slow_reader");
      return socket.terminate();
    }
    length += text.length;
    if (onSent) gone.push(onSent);
    if (texts.push(text) === 1) atTheEndOfTheTurn(write);
  };
}

let writes: (() => void)[] = [];

function atTheEndOfTheTurn(write: () => void): void {
  if (writes.push(write) > 1) return;
  setImmediate(() => {
    const all = writes;
    writes = [];
    for (const one of all) one();
  });
}

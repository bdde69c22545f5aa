import type { CallFrame, Frame, PopFrame } from "@trunkline/desktop-client";
import { backOff } from "@trunkline/runtime";
import WebSocket from "ws";
import type { Token } from "./api.ts";

/** Any frame, to be asked for what only some have. */
export type DesktopFrame = Pick<Frame, "type" | "key" | "revision" | "callId"> &
  Partial<Pick<PopFrame, "offerId" | "queue" | "caller"> & Pick<CallFrame, "state">>;

/** What a desktop's socket says, with a frame's place in the agent's mailbox. */
export type DesktopMessage = {
  readonly type: string;
  readonly id?: string;
  readonly epoch?: string;
  readonly resumed?: boolean;
  readonly frame?: DesktopFrame;
  readonly frames?: DesktopFrame[];
};

export type DesktopOptions = {
  /** Says of each pop that it is on the screen. Default true. */
  readonly acknowledge?: boolean;
  /** Told of every message as it comes, also of what the desktop then drops. */
  readonly heard?: (message: DesktopMessage) => void;
  /** The socket is closed, by whomever. */
  readonly gone?: () => void;
};

export type Desktop = {
  readonly frames: readonly DesktopFrame[];
  /** The first frame that fits, now or within the deadline. */
  next(what: string, fits: (frame: DesktopFrame) => boolean, deadlineMs?: number): Promise<DesktopFrame>;
  /** Cuts the socket as a network would; resumes on reconnect(). */
  cut(): void;
  /** @param url another instance's */
  reconnect(url?: string): Promise<void>;
  readonly closed: () => { code: number; reason: string } | undefined;
} & AsyncDisposable;

/** An agent's desktop as a program: says hello, acknowledges every pop, drops what it has seen, resumes after a cut. */
export async function openDesktop(
  url: string,
  token: string | Token,
  { acknowledge = true, heard, gone }: DesktopOptions = {},
): Promise<Desktop> {
  const frames: DesktopFrame[] = [];
  const seen = new Set<string>();
  let place: { epoch: string; id: string } | undefined;
  let socket: WebSocket | undefined;
  let closed: { code: number; reason: string } | undefined;
  const take = (frame: DesktopFrame) => {
    const name = `${frame.key}/${frame.revision}`;
    if (seen.has(name)) return;
    seen.add(name);
    frames.push(frame);
    if (frame.type === "pop" && acknowledge) socket?.send(JSON.stringify({ type: "shown", callId: frame.callId, offerId: frame.offerId }));
  };
  const connect = (to = url) =>
    new Promise<void>((resolve, reject) => {
      const opened = new WebSocket(to);
      socket = opened;
      const hello = async () => {
        const shown = typeof token === "string" ? token : await token();
        opened.send(JSON.stringify({ type: "hello", token: shown, ...(place && place.epoch !== "" ? { resume: place } : {}) }));
      };
      opened.on("open", () => void hello().catch(reject));
      opened.on("error", reject);
      opened.on("close", (code, reason) => {
        closed = { code, reason: String(reason) };
        gone?.();
        reject(new Error(`desktop socket closed: ${code} ${String(reason)}`));
      });
      opened.on("message", (data) => {
        const message = JSON.parse(String(data)) as DesktopMessage;
        heard?.(message);
        if (message.type === "welcome") {
          place = { epoch: message.epoch ?? "", id: message.id ?? "0" };
          resolve();
        } else if (message.type === "frame" && message.frame) {
          if (place && message.id) place = { ...place, id: message.id };
          take(message.frame);
        } else if (message.type === "snapshot") for (const frame of message.frames ?? []) take(frame);
      });
    });
  await connect();
  return {
    frames,
    closed: () => closed,
    cut: () => socket?.terminate(),
    reconnect: connect,
    async next(what, fits, deadlineMs = 60_000) {
      const until = performance.now() + deadlineMs;
      for (;;) {
        const found = frames.find(fits);
        if (found) return found;
        if (performance.now() > until)
          throw new Error(`${what} did not reach the desktop within ${deadlineMs} ms; it has ${told(frames) || "nothing"}`);
        await backOff(1, 5, 5);
      }
    },
    [Symbol.asyncDispose]: async () => socket?.close(),
  };
}

/** The last frames in short, oldest first: what a reader of a failed wait wants to see. */
function told(frames: readonly DesktopFrame[]): string {
  return frames
    .slice(-12)
    .map(({ type, state, revision, callId }) => [type, state, revision, callId?.slice(0, 6)].filter((part) => part !== undefined).join(" "))
    .join(", ");
}

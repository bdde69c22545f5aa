import { boardCopy } from "./board-copy.ts";
import { type CloseReason, closeReason } from "./close-reason.ts";
import type { Board, BoardChange, Frame, ServerMessage } from "./protocol.ts";
import { seenFrames } from "./seen-frames.ts";
import { type Link, openLink } from "./socket-link.ts";

export type DesktopStatus =
  | { readonly state: "connecting" | "open" }
  /** It connects again by itself after `inMs`. */
  | { readonly state: "waiting"; readonly reason: CloseReason; readonly inMs: number }
  /** Get a new token, then call renew(). */
  | { readonly state: "log_in"; readonly reason: CloseReason }
  | { readonly state: "stop"; readonly reason: CloseReason | "closed" };

export type DesktopClientOptions = {
  /** ws:// or wss:// address. */
  readonly url: string;
  /** Asked for at every connection, so that a renewed token is used. */
  readonly token: () => string;
  /** One new frame. */
  readonly onFrame: (frame: Frame) => void;
  /** All that is so now: it replaces what was known before. */
  readonly onSnapshot: (frames: readonly Frame[]) => void;
  /** The whole board, after each change; undefined when it is no longer watched. */
  readonly onBoard?: (board: Board | undefined) => void;
  /** The callback tasks of the tenant have changed, or may have while the connection was cut: time to read them again. */
  readonly onCallbacksChanged?: () => void;
  readonly onStatus?: (status: DesktopStatus) => void;
  /** Default: the platform's. */
  readonly webSocket?: (url: string) => WebSocket;
  /** 0 to 1; spreads reconnections, and what many are told to read. */
  readonly random?: () => number;
};

export type DesktopClient = {
  /** The pop is on the screen; kept until it can be said, the newest 50. */
  shown(callId: string, offerId: string): void;
  /** Boards come from now on, also after a reconnection, until the way to end that, which this gives, is gone. */
  watchBoard(): () => void;
  /** Connects now: after a new log-in, or when the network is back. */
  renew(): void;
  close(): void;
};

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 10_000;
const UNSAID = 50;
const WATCH_BOARD = '{"type":"watch_board"}';
const UNWATCH_BOARD = '{"type":"unwatch_board"}';

type Place = { readonly epoch: string; readonly id: string };

/** Keeps one desktop on the socket until it is closed. Callbacks must not throw. */
export function openDesktopClient(options: DesktopClientOptions): DesktopClient {
  const { onStatus = () => undefined, random = Math.random, webSocket = (url: string) => new WebSocket(url) } = options;
  const seen = seenFrames();
  const voice = openVoice();
  let place: Place | undefined;
  let link: Link | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let closed = false;
  const callbacks = readLater(options.onCallbacksChanged, random);
  const board = watchedBoard(voice, options.onBoard);

  // The server listens when it has said what was missed: from the welcome of a resumed one on, else from the snapshot.
  const caughtUp = () => {
    if (!link || !voice.speak(link.send)) return;
    failures = 0;
    onStatus({ state: "open" });
    callbacks.again();
  };
  const said = (message: ServerMessage) => {
    if (message.type === "welcome") {
      place = message.epoch === "" ? undefined : { epoch: message.epoch, id: message.id };
      if (message.resumed) caughtUp();
    } else if (message.type === "frame") {
      if (place) place = { ...place, id: message.id };
      if (seen.take(message.frame)) options.onFrame(message.frame);
    } else if (message.type === "snapshot") {
      options.onSnapshot(seen.restart(message.frames));
      caughtUp();
    } else if (message.type === "board_change") board.take(message);
    else if (message.type === "callbacks_changed") callbacks.within(message.withinMs);
  };
  const lost = (code: number, text: string) => {
    link = undefined;
    voice.silence();
    const { reason, then } = closeReason(code, text);
    if (then !== "retry") return onStatus({ state: then, reason });
    const ceiling = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures++, 10));
    const inMs = Math.round(ceiling * (0.5 + random() / 2));
    retry = setTimeout(connect, inMs);
    onStatus({ state: "waiting", reason, inMs });
  };
  const connect = () => {
    clearTimeout(retry);
    onStatus({ state: "connecting" });
    const hello = () => JSON.stringify({ type: "hello", token: options.token(), ...(place ? { resume: place } : {}) });
    link = openLink(webSocket(options.url), hello, said, lost);
  };
  connect();
  return {
    shown: (callId, offerId) => voice.say(JSON.stringify({ type: "shown", callId, offerId })),
    watchBoard: board.watch,
    renew() {
      if (!closed && !link) connect();
    },
    close() {
      closed = true;
      clearTimeout(retry);
      callbacks.stop();
      link?.end();
      onStatus({ state: "stop", reason: "closed" });
    },
  };
}

/** Puts the changes of the board together, and asks for it anew, once, where one is missing. */
function watchedBoard(voice: ReturnType<typeof openVoice>, tell: DesktopClientOptions["onBoard"] = () => undefined) {
  const copy = boardCopy();
  let asked = false;
  return {
    take(change: BoardChange): void {
      // On its way when it was said that it is no longer wanted.
      if (!voice.watchesBoard()) return;
      if (change.after === 0 && change.part === 0) asked = false;
      const board = copy.take(change);
      if (board === undefined || (board === "gap" && asked)) return;
      asked = board === "gap";
      if (board === "gap") voice.watchBoard(true);
      else tell(board);
    },
    watch(): () => void {
      voice.watchBoard(true);
      return () => {
        voice.watchBoard(false);
        tell(undefined);
      };
    },
  };
}

/** Calls back once within the time it is given, by chance; and when the connection has come back, for it may have missed something. */
function readLater(read: () => void = () => undefined, random: () => number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let opened = false;
  const within = (ms: number) => {
    timer ??= setTimeout(() => {
      timer = undefined;
      read();
    }, ms * random());
  };
  return {
    within,
    again(): void {
      if (opened) within(0);
      opened = true;
    },
    stop: () => clearTimeout(timer),
  };
}

/** What is to be said when the server listens; bounded. */
function openVoice() {
  const unsaid: string[] = [];
  let board = false;
  let send: ((text: string) => void) | undefined;
  return {
    say(text: string): void {
      if (send) send(text);
      else unsaid.push(text);
      if (unsaid.length > UNSAID) unsaid.shift();
    },
    watchBoard(wanted: boolean): void {
      board = wanted;
      send?.(wanted ? WATCH_BOARD : UNWATCH_BOARD);
    },
    watchesBoard: () => board,
    /** @returns false when it could speak already */
    speak(to: (text: string) => void): boolean {
      if (send) return false;
      send = to;
      for (const text of unsaid.splice(0)) to(text);
      if (board) to(WATCH_BOARD);
      return true;
    },
    silence(): void {
      send = undefined;
    },
  };
}

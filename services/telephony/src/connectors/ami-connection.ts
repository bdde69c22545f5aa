import { setTimeout as sleep } from "node:timers/promises";
import { type DomainError, toDomainError } from "@trunkline/errors";
import { backOff, type Logger, withDeadline } from "@trunkline/runtime";
import type { AmiAction } from "./ami-encode.ts";
import type { AmiFrame } from "./ami-frame.ts";
import { type AmiSession, openAmiSession, unavailable } from "./ami-session.ts";
import { type AmiStream, amiStream } from "./ami-stream.ts";
import { type FactHandler, type FactPump, factPump } from "./fact-pump.ts";

export type AmiConnectionState =
  | { readonly state: "connecting" }
  /** Logged in; the lists for the snapshot come in. */
  | { readonly state: "syncing" }
  /** The snapshot was handed over; facts flow. */
  | { readonly state: "live" }
  /** Not connected; `code` (of an error) says why; the next try comes by itself. */
  | { readonly state: "waiting"; readonly code: string }
  | { readonly state: "closed" };

export type AmiConnectionOptions = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly secret: string;
  /**
   * Gets every fact once, in order, one call at a time; while its promise is open, facts collect and then the socket pauses. A rejection
   * means that these facts are given up: a resync follows, so that the handler can catch up from a snapshot.
   */
  readonly onFacts: FactHandler;
  readonly onState?: (state: AmiConnectionState) => void;
  /** Never given a fact, a frame or a secret. */
  readonly log: Logger;
  /** UTC epoch ms; the time of facts where the PBX does not stamp its events. */
  readonly now: () => number;
  /** Default "md5", which does not send the secret. */
  readonly auth?: "md5" | "plain";
  /** Last `seq` used on this connector before; default 0. */
  readonly seq?: number;
  readonly timing?: Partial<AmiTiming>;
};

/** All in ms. */
export type AmiTiming = {
  /** TCP, greeting and log-in. Default 5,000. */
  readonly connectMs: number;
  /** Response to an action. Default 5,000. */
  readonly actionMs: number;
  /** Both lists of a resync. Default 30,000. */
  readonly syncMs: number;
  /** Between keepalives. Default 10,000. */
  readonly pingMs: number;
  /** First and longest pause between tries; each doubles the last, half of it at random. Default 250 and 15,000. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
};

const TIMING: AmiTiming = { connectMs: 5000, actionMs: 5000, syncMs: 30_000, pingMs: 10_000, retryMs: 250, maxRetryMs: 15_000 };
const MAX_WAITING_FACTS = 1000;
/** A handler may finish what it began, when the connection is disposed. */
const DRAIN_MS = 5000;

export type AmiConnection = AsyncDisposable & {
  state(): AmiConnectionState;
  /** Resolves when live. @throws DomainError pbx_unavailable, when that takes longer than `deadlineMs` */
  ready(deadlineMs: number): Promise<void>;
  /**
   * Does something on the PBX and gives its response.
   * @throws DomainError pbx_unavailable, pbx_action_timeout (it may have been done), pbx_action_refused, pbx_permission_denied,
   * pbx_action_line_break and the other invalid ones, pbx_actions_pending
   */
  action(action: AmiAction, options?: { readonly deadlineMs?: number }): Promise<AmiFrame>;
  /** Asks for a fresh snapshot fact; resolves when it was made. */
  resync(): Promise<void>;
};

type Shared = {
  readonly options: AmiConnectionOptions;
  readonly timing: AmiTiming;
  readonly stop: AbortController;
  readonly watchers: Set<() => void>;
  state: AmiConnectionState;
  session: AmiSession | undefined;
};

/**
 * Keeps one connection to an Asterisk Manager port: log-in, keepalive, reconnect with growing pauses, a snapshot after each (re)connect.
 * Returns at once and never gives up; dispose to stop.
 */
export function openAmiConnection(options: AmiConnectionOptions): AmiConnection {
  const timing = { ...TIMING, ...options.timing };
  const shared: Shared = {
    options,
    timing,
    stop: new AbortController(),
    watchers: new Set(),
    state: { state: "connecting" },
    session: undefined,
  };
  const pump = pumpInto(shared, () => resync());
  const stream = amiStream({ seq: options.seq ?? 0, now: options.now, deliver: (facts) => pump.push(facts) });
  const running = keepConnected(shared, stream);

  const live = (): AmiSession => {
    if (shared.session !== undefined && shared.state.state === "live") return shared.session;
    throw unavailable("not connected to the PBX: try again when it is");
  };
  const resync = async () => stream.sync(live(), timing.syncMs);
  return {
    state: () => shared.state,
    ready: (deadlineMs) => untilLive(shared, deadlineMs),
    action: async (action, { deadlineMs = timing.actionMs } = {}) => live().send(action, deadlineMs),
    resync,
    [Symbol.asyncDispose]: () => close(shared, pump, running),
  };
}

function pumpInto(shared: Shared, resync: () => Promise<void>): FactPump {
  const { log, onFacts } = shared.options;
  const { signal } = shared.stop;
  return factPump({
    handle: onFacts,
    high: MAX_WAITING_FACTS,
    pause: () => shared.session?.pause(),
    resume: () => shared.session?.resume(),
    failed: (error, facts) => {
      log.warn({ code: toDomainError(error).code, facts }, "facts were given up; a resync follows");
      // Not connected is no failure here: the next connect begins with a snapshot anyway.
      void sleep(shared.timing.retryMs, undefined, { signal })
        .then(resync)
        .catch(() => undefined);
    },
  });
}

function become(shared: Shared, state: AmiConnectionState): void {
  shared.state = state;
  shared.options.onState?.(state);
  for (const look of [...shared.watchers]) look();
}

async function untilLive(shared: Shared, deadlineMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => shared.state.state === "live" && resolve();
  shared.watchers.add(look);
  look();
  try {
    await withDeadline("connecting to the PBX", deadlineMs, promise);
  } catch (error) {
    const why = shared.state.state === "waiting" ? shared.state.code : shared.state.state;
    throw unavailable(`the PBX connection is not live after ${deadlineMs} ms (${why})`, error);
  } finally {
    shared.watchers.delete(look);
  }
}

async function keepConnected(shared: Shared, stream: AmiStream): Promise<void> {
  const { options, timing, stop } = shared;
  for (let attempt = 1; !stop.signal.aborted; attempt++) {
    become(shared, { state: "connecting" });
    const since = performance.now();
    const reason = await connectOnce(shared, stream);
    shared.session = undefined;
    if (stop.signal.aborted) break;
    // A connection that lasted was a good one: the pauses begin anew.
    if (performance.now() - since > timing.maxRetryMs) attempt = 1;
    options.log.warn({ code: reason.code, attempt }, "no connection to the PBX; trying again");
    become(shared, { state: "waiting", code: reason.code });
    await backOff(attempt, timing.retryMs, timing.maxRetryMs, stop.signal);
  }
  become(shared, { state: "closed" });
}

/** One connection from its beginning to its end. @returns why it ended */
async function connectOnce(shared: Shared, stream: AmiStream): Promise<DomainError> {
  const { options, timing, stop } = shared;
  try {
    const session = await openAmiSession({
      ...options,
      auth: options.auth ?? "md5",
      connectMs: timing.connectMs,
      signal: stop.signal,
      onEvents: (frames) => stream.take(frames),
      onProblem: ({ code }) => options.log.warn({ code }, "the PBX sent what could not be read; it was left out"),
    });
    shared.session = session;
    try {
      become(shared, { state: "syncing" });
      await stream.sync(session, timing.syncMs);
      become(shared, { state: "live" });
      options.log.info({}, "connected to the PBX");
      return await keepAlive(session, timing);
    } finally {
      session.close(unavailable("the connection to the PBX was given up"));
    }
  } catch (error) {
    return toDomainError(error);
  }
}

/** Pings until the connection ends. A socket that we paused ourselves is not judged: the answer may wait behind what we do not read. */
async function keepAlive(session: AmiSession, timing: AmiTiming): Promise<DomainError> {
  for (;;) {
    const ended = await Promise.race([session.closed, sleep(timing.pingMs, undefined, { ref: false })]);
    if (ended !== undefined) return ended;
    if (session.paused()) continue;
    try {
      await session.send({ Action: "Ping" }, timing.actionMs);
    } catch (error) {
      if (!session.paused()) return toDomainError(error);
    }
  }
}

async function close(shared: Shared, pump: FactPump, running: Promise<void>): Promise<void> {
  shared.stop.abort();
  shared.session?.close(unavailable("the connection to the PBX was closed here"));
  await running;
  try {
    await withDeadline("the handler of facts", DRAIN_MS, pump.drained());
  } catch (error) {
    shared.options.log.warn({ code: toDomainError(error).code }, "the handler of facts did not finish");
  }
}

import { type DomainError, toDomainError } from "@trunkline/errors";
import { backOff, type Logger, pause, withDeadline } from "@trunkline/runtime";
import { unavailable } from "./errors.ts";
import { type FactHandler, type FactPump, factPump } from "./fact-pump.ts";

export type PbxConnectionState =
  | { readonly state: "connecting" }
  /** Logged in; the lists for the snapshot come in. */
  | { readonly state: "syncing" }
  /** The snapshot was handed over; facts flow. */
  | { readonly state: "live" }
  /** Not connected; `code` (of an error) says why; the next try comes by itself. */
  | { readonly state: "waiting"; readonly code: string }
  | { readonly state: "closed" };

/** What a session of any protocol has. */
type Session = { pause(): void; resume(): void; close(reason: DomainError): void };

type LinkOptions = {
  readonly onFacts: FactHandler;
  readonly onState?: (state: PbxConnectionState) => void;
  readonly log: Logger;
};
/** All in ms. */
type LinkTiming = { readonly retryMs: number; readonly maxRetryMs: number };

/** One connector's way to its exchange, over all its sockets. */
export type PbxLink<S extends Session> = {
  readonly options: LinkOptions;
  readonly timing: LinkTiming;
  readonly stop: AbortController;
  readonly watchers: Set<() => void>;
  state: PbxConnectionState;
  session: S | undefined;
};

/** What a protocol does with one connection. */
export type Protocol<S> = {
  readonly open: (signal: AbortSignal) => Promise<S>;
  /** Brings the snapshot of a session that is logged in. */
  readonly sync: (session: S) => Promise<void>;
  /** Resolves with the reason when the session has ended. */
  readonly ended: (session: S) => Promise<DomainError>;
  /** The first pause after this reason, where it is another one, ms. */
  readonly firstPauseMs?: (reason: DomainError) => number | undefined;
};

const MAX_WAITING_FACTS = 1000;
/** A handler may finish what it began, when the connection is disposed. */
const DRAIN_MS = 5000;

export function pbxLink<S extends Session>(options: LinkOptions, timing: LinkTiming): PbxLink<S> {
  return { options, timing, stop: new AbortController(), watchers: new Set(), state: { state: "connecting" }, session: undefined };
}

/** The session, while facts flow. @throws DomainError pbx_unavailable */
export function live<S extends Session>({ session, state }: PbxLink<S>): S {
  if (session !== undefined && state.state === "live") return session;
  throw unavailable("not connected to the PBX: try again when it is");
}

/** @throws DomainError pbx_unavailable, when that takes longer than `deadlineMs` */
export async function untilLive<S extends Session>(link: PbxLink<S>, deadlineMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => link.state.state === "live" && resolve();
  link.watchers.add(look);
  look();
  try {
    await withDeadline("connecting to the PBX", deadlineMs, promise);
  } catch (error) {
    const why = link.state.state === "waiting" ? link.state.code : link.state.state;
    throw unavailable(`the PBX connection is not live after ${deadlineMs} ms (${why})`, error);
  } finally {
    link.watchers.delete(look);
  }
}

/** Facts to the handler; the session stops reading when it is slow, and a resync follows what it gave up. */
export function pumpInto<S extends Session>(link: PbxLink<S>, resync: () => Promise<void>): FactPump {
  const { log, onFacts } = link.options;
  return factPump({
    handle: onFacts,
    high: MAX_WAITING_FACTS,
    pause: () => link.session?.pause(),
    resume: () => link.session?.resume(),
    failed: (error, facts) => {
      log.warn({ code: toDomainError(error).code, facts }, "facts were given up; a resync follows");
      // Not connected is no failure here: the next connect begins with a snapshot anyway.
      void pause(link.timing.retryMs, link.stop.signal)
        .then(resync)
        .catch(() => undefined);
    },
  });
}

function become<S extends Session>(link: PbxLink<S>, state: PbxConnectionState): void {
  link.state = state;
  link.options.onState?.(state);
  for (const look of [...link.watchers]) look();
}

/** Connects again and again, with growing pauses, until the link is stopped. */
export async function keepConnected<S extends Session>(link: PbxLink<S>, protocol: Protocol<S>): Promise<void> {
  const { options, timing, stop } = link;
  for (let attempt = 1; !stop.signal.aborted; attempt++) {
    become(link, { state: "connecting" });
    const since = performance.now();
    const reason = await connectOnce(link, protocol);
    link.session = undefined;
    if (stop.signal.aborted) break;
    // A connection that lasted was a good one: the pauses begin anew.
    if (performance.now() - since > timing.maxRetryMs) attempt = 1;
    options.log.warn({ code: reason.code, attempt }, "no connection to the PBX; trying again");
    become(link, { state: "waiting", code: reason.code });
    await backOff(attempt, protocol.firstPauseMs?.(reason) ?? timing.retryMs, timing.maxRetryMs, stop.signal);
  }
  become(link, { state: "closed" });
}

/** One connection from its beginning to its end. @returns why it ended */
async function connectOnce<S extends Session>(link: PbxLink<S>, { open, sync, ended }: Protocol<S>): Promise<DomainError> {
  try {
    const session = await open(link.stop.signal);
    link.session = session;
    try {
      become(link, { state: "syncing" });
      await sync(session);
      become(link, { state: "live" });
      link.options.log.info({}, "connected to the PBX");
      return await ended(session);
    } finally {
      session.close(unavailable("the connection to the PBX was given up"));
    }
  } catch (error) {
    return toDomainError(error);
  }
}

/** One run at a time for a session: a second caller meanwhile gets the same one. */
export function onePerSession<S>(
  run: (session: S, deadlineMs: number) => Promise<void>,
): (session: S, deadlineMs: number) => Promise<void> {
  let running: { readonly session: S; readonly done: Promise<void> } | undefined;
  return (session, deadlineMs) => {
    if (running?.session === session) return running.done;
    const done = run(session, deadlineMs).finally(() => {
      if (running?.done === done) running = undefined;
    });
    running = { session, done };
    return done;
  };
}

/** @param closed what is left of the protocol, once the connection has ended */
export async function closeLink<S extends Session>(
  link: PbxLink<S>,
  pump: FactPump,
  running: Promise<void>,
  closed: () => void = () => undefined,
): Promise<void> {
  link.stop.abort();
  link.session?.close(unavailable("the connection to the PBX was closed here"));
  await running;
  closed();
  try {
    await withDeadline("the handler of facts", DRAIN_MS, pump.drained());
  } catch (error) {
    link.options.log.warn({ code: toDomainError(error).code }, "the handler of facts did not finish");
  }
}

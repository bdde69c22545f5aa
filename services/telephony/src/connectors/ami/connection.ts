import { setTimeout as sleep } from "node:timers/promises";
import { type DomainError, toDomainError } from "@trunkline/errors";
import type { Logger } from "@trunkline/runtime";
import { type ExchangeClock, exchangeClock } from "../pbx/clock.ts";
import type { FactHandler } from "../pbx/fact-pump.ts";
import { closeLink, keepConnected, live, type PbxConnectionState, pbxLink, pumpInto, untilLive } from "../pbx/link.ts";
import type { AmiAction } from "./encode.ts";
import type { AmiFrame } from "./frame.ts";
import { type AmiSession, openAmiSession } from "./session.ts";
import type { TrackedCall } from "./state.ts";
import { amiStream } from "./stream.ts";
import { stampOf } from "./values.ts";

export type AmiConnectionState = PbxConnectionState;

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
  /** A call that is not over, as it was last told. */
  call(linkedid: string): TrackedCall | undefined;
  /** Asks for a fresh snapshot fact; resolves when it was made. */
  resync(): Promise<void>;
};

/**
 * Keeps one connection to an Asterisk Manager port: log-in, keepalive, reconnect with growing pauses, a snapshot after each (re)connect.
 * Returns at once and never gives up; dispose to stop.
 */
export function openAmiConnection(options: AmiConnectionOptions): AmiConnection {
  const timing = { ...TIMING, ...options.timing };
  const link = pbxLink<AmiSession>(options, timing);
  const pump = pumpInto(link, () => resync());
  const clock = exchangeClock(options.now, options.log);
  const stream = amiStream({ seq: options.seq ?? 0, now: options.now, ours: clock.ours, deliver: (facts) => pump.push(facts) });
  const running = keepConnected(link, {
    open: (signal) =>
      openAmiSession({
        ...options,
        auth: options.auth ?? "md5",
        connectMs: timing.connectMs,
        signal,
        onEvents: (frames) => stream.take(frames),
        onProblem: ({ code }) => options.log.warn({ code }, "the PBX sent what could not be read; it was left out"),
      }),
    sync: async (session) => {
      await clock.check(async () => stampOf(await ping(session, timing)));
      await stream.sync(session, timing.syncMs);
    },
    ended: (session) => keepAlive(session, timing, clock),
  });
  const resync = async () => stream.sync(live(link), timing.syncMs);
  return {
    state: () => link.state,
    ready: (deadlineMs) => untilLive(link, deadlineMs),
    action: async (action, { deadlineMs = timing.actionMs } = {}) => live(link).send(action, deadlineMs),
    call: stream.call,
    resync,
    [Symbol.asyncDispose]: () => closeLink(link, pump, running),
  };
}

const ping = (session: AmiSession, { actionMs }: AmiTiming) => session.send({ Action: "Ping" }, actionMs);

/** Pings until the connection ends. A socket that we paused ourselves is not judged: the answer may wait behind what we do not read. */
async function keepAlive(session: AmiSession, timing: AmiTiming, clock: ExchangeClock): Promise<DomainError> {
  for (;;) {
    const ended = await Promise.race([session.closed, sleep(timing.pingMs, undefined, { ref: false })]);
    if (ended !== undefined) return ended;
    if (session.paused()) continue;
    try {
      const pong = ping(session, timing);
      await clock.check(async () => stampOf(await pong));
      await pong;
    } catch (error) {
      if (!session.paused()) return toDomainError(error);
    }
  }
}

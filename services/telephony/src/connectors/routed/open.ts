import type { DomainError } from "@trunkline/errors";
import { repeat } from "@trunkline/runtime";
import { type ExchangeClock, exchangeClock } from "../pbx/clock.ts";
import type { FactPump } from "../pbx/fact-pump.ts";
import { closeLink, keepConnected, live, type PbxLink, pbxLink, pumpInto, untilLive } from "../pbx/link.ts";
import type { RoutedCommand } from "./commands.ts";
import type { RoutedConnection, RoutedOptions } from "./connection.ts";
import type { RoutedEvent } from "./events.ts";
import { type RoutedSession, type RoutedStream, type RoutedStreamOptions, type RoutedTraffic, routedStream } from "./stream.ts";
import { endpointOf } from "./values.ts";

/** All in ms. */
export type RoutedTiming = {
  /** TCP and log-in. Default 5,000. */
  readonly connectMs: number;
  /** Reply to an order. Default 5,000. */
  readonly actionMs: number;
  /** The answer of `accept`. Default 3,000. */
  readonly acceptMs: number;
  /** The lists of a resync. Default 30,000. */
  readonly syncMs: number;
  /** Between keepalives. Default 10,000. */
  readonly pingMs: number;
  /** First and longest pause between tries; each doubles the last, half of it at random. Default 250 and 15,000. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
};

export const ROUTED_TIMING: RoutedTiming = {
  connectMs: 5000,
  actionMs: 5000,
  acceptMs: 3000,
  syncMs: 30_000,
  pingMs: 10_000,
  retryMs: 250,
  maxRetryMs: 15_000,
};

/** Two clocks that nobody sets drift apart by a second in some hours. */
const CLOCK_EVERY_MS = 60_000;

/** What every protocol takes besides its address. */
export type RoutedSetup = RoutedOptions & {
  /** Last `seq` used on this connector before; default 0. */
  readonly seq?: number;
  readonly timing?: Partial<RoutedTiming>;
  /** For recordings; holds personal data. */
  readonly onTraffic?: (line: RoutedTraffic) => void;
};

/** What a protocol adds. */
export type RoutedProtocol<S extends RoutedSession> = Pick<RoutedStreamOptions<S>, "lists" | "send"> & {
  readonly app: string;
  /** The exchange's time, UTC epoch ms. @throws where it does not say */
  readonly time: (session: S, deadlineMs: number) => Promise<number>;
  readonly open: (on: {
    readonly signal: AbortSignal;
    readonly onEvent: (event: RoutedEvent, frame: string) => void;
    readonly onProblem: (code: string) => void;
    /** What the exchange says of the line of a caller. */
    readonly measured: RoutedStream<S>["measured"];
  }) => Promise<S>;
  /** Runs for as long as the connection is kept. */
  readonly watch?: (stream: Pick<RoutedStream<S>, "talking" | "measured">) => AsyncDisposable;
  /** The first pause after this reason, where it is another one, ms. */
  readonly firstPauseMs?: (reason: DomainError) => number | undefined;
  readonly closed?: () => void;
};

/**
 * Keeps one connection to an exchange on which callers wait with us until our agent answers: log-in, reconnect with growing pauses, a snapshot
 * after each (re)connect. Returns at once and never gives up; dispose to stop.
 * @throws DomainError pbx_endpoint_invalid
 */
export function openRouted<S extends RoutedSession>(
  options: RoutedSetup,
  timing: RoutedTiming,
  protocol: RoutedProtocol<S>,
): RoutedConnection {
  const { endpoint, log, seq = 0 } = options;
  endpointOf(endpoint, "{extension}", "1");
  const link = pbxLink<S>(options, timing);
  const resync = async () => stream.sync(live(link), timing.syncMs);
  const pump: FactPump = pumpInto(link, () => resync());
  const { lists, send } = protocol;
  const settings = { app: protocol.app, endpoint };
  const clock = exchangeClock(options.now, log);
  const checkClock = (session: () => S) => clock.check(async () => protocol.time(session(), timing.actionMs));
  const stream = routedStream<S>({ ...options, ...timing, settings, seq, lists, send, deliver: (facts) => pump.push(facts) });
  const { measured } = stream;
  const onProblem = (code: string) => log.warn({ code }, "the PBX sent what could not be read; it was left out");
  const running = keepConnected(link, {
    open: (signal) => protocol.open({ signal, onEvent: (event, frame) => stream.take(byOurs(event, clock), frame), onProblem, measured }),
    sync: async (session) => {
      await checkClock(() => session);
      await stream.sync(session, timing.syncMs);
    },
    ended: ({ closed }) => closed,
    ...(protocol.firstPauseMs === undefined ? {} : { firstPauseMs: protocol.firstPauseMs }),
  });
  const watch = protocol.watch?.(stream);
  const work = () => checkClock(() => live(link));
  const clockChecks = repeat({ what: "asking the PBX for its time", everyMs: CLOCK_EVERY_MS, work, log, restFirst: true });
  return {
    state: () => link.state,
    ready: (deadlineMs) => untilLive(link, deadlineMs),
    resync,
    ...orders(link, stream),
    [Symbol.asyncDispose]: async () => {
      await clockChecks[Symbol.asyncDispose]();
      await watch?.[Symbol.asyncDispose]();
      await closeLink(link, pump, running, () => {
        stream[Symbol.dispose]();
        protocol.closed?.();
      });
    },
  };
}

/** As the exchange has stamped it, told by our clock. */
function byOurs(event: RoutedEvent, clock: ExchangeClock): RoutedEvent {
  const at = clock.ours(event.at);
  return event.at === 0 || at === event.at ? event : { ...event, at };
}

type Orders = Omit<RoutedConnection, "state" | "ready" | "resync" | keyof AsyncDisposable>;

function orders<S extends RoutedSession>(link: PbxLink<S>, stream: RoutedStream<S>): Orders {
  const order = async (command: RoutedCommand): Promise<void> => {
    live(link);
    await stream.command(command);
  };
  return {
    ring: (call, offer) => order({ type: "ring", call, ...offer }),
    withdraw: (call, offerId) => order({ type: "withdraw", call, offerId }),
    hangUp: (call) => order({ type: "hang_up", call }),
    hold: (call) => order({ type: "hold", call }),
    resume: (call) => order({ type: "resume", call }),
    record: (call, name) => order({ type: "record", call, name }),
    pauseRecording: (call, name) => order({ type: "pause_recording", call, name }),
    resumeRecording: (call, name) => order({ type: "resume_recording", call, name }),
    transfer: (call, to) => order({ type: "transfer", call, ...to }),
    transferToQueue: (call, queue) => order({ type: "transfer_to_queue", call, queue }),
    listen: (call, extension) => order({ type: "listen", call, extension }),
    callIntoQueue: (out) => order({ type: "call_into_queue", ...out }),
    originate: (out) => order({ type: "originate", ...out }),
  };
}

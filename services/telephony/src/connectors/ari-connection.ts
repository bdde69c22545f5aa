import { DomainError, toDomainError } from "@trunkline/errors";
import { backOff, type Logger, pause, withDeadline } from "@trunkline/runtime";
import type { AmiConnectionState } from "./ami-connection.ts";
import { type AriCommand, originatedKey } from "./ari-commands.ts";
import { type AriHttp, ariHttp, unavailable } from "./ari-http.ts";
import { type AriSession, openAriSession } from "./ari-session.ts";
import { type AriStream, type AriTraffic, ariStream } from "./ari-stream.ts";
import { endpointOf } from "./ari-values.ts";
import { type FactHandler, type FactPump, factPump } from "./fact-pump.ts";
import type { CallKey } from "./facts.ts";

export type AriConnectionState = AmiConnectionState;

export type AriConnectionOptions = {
  /** http://host:port/ari, or https. User and secret are not part of it. */
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  /** The Stasis application, "trunkline". */
  readonly app: string;
  /** How an agent's phone is dialled, "PJSIP/agent{extension}". */
  readonly endpoint: string;
  /**
   * Gets every fact once, in order, one call at a time; while its promise is open, facts collect and then the socket pauses. A rejection
   * means that these facts are given up: a resync follows, so that the handler can catch up from a snapshot.
   */
  readonly onFacts: FactHandler;
  /**
   * Asked when an agent's phone is picked up, before caller and agent are connected: true once the offer is stored as accepted. False, an
   * error and no answer in time mean that the offer is not current any more, and the agent's phone is hung up. May be asked again after a cut.
   */
  readonly accept: (call: CallKey, offerId: string) => Promise<boolean>;
  readonly onState?: (state: AriConnectionState) => void;
  /** Never given a fact, a frame or a secret. */
  readonly log: Logger;
  /** UTC epoch ms; the time of what the PBX does not stamp. */
  readonly now: () => number;
  /** Last `seq` used on this connector before; default 0. */
  readonly seq?: number;
  readonly timing?: Partial<AriTiming>;
  /** For recordings; holds personal data. */
  readonly onTraffic?: (line: AriTraffic) => void;
};

/** All in ms. */
export type AriTiming = {
  /** TCP and handshake. Default 5,000. */
  readonly connectMs: number;
  /** Reply to an order. Default 5,000. */
  readonly actionMs: number;
  /** The answer of `accept`. Default 3,000. */
  readonly acceptMs: number;
  /** Both lists of a resync. Default 30,000. */
  readonly syncMs: number;
  /** Between keepalives. Default 10,000. */
  readonly pingMs: number;
  /** First and longest pause between tries; each doubles the last, half of it at random. Default 250 and 15,000. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
};

const TIMING: AriTiming = {
  connectMs: 5000,
  actionMs: 5000,
  acceptMs: 3000,
  syncMs: 30_000,
  pingMs: 10_000,
  retryMs: 250,
  maxRetryMs: 15_000,
};
const MAX_WAITING_FACTS = 1000;
/** A handler may finish what it began, when the connection is disposed. */
const DRAIN_MS = 5000;

/** Every order may fail with pbx_unavailable, pbx_action_timeout (it may have been done), pbx_action_refused, pbx_permission_denied. */
export type AriConnection = AsyncDisposable & {
  state(): AriConnectionState;
  /** Resolves when live. @throws DomainError pbx_unavailable, when that takes longer than `deadlineMs` */
  ready(deadlineMs: number): Promise<void>;
  /** Asks for a fresh snapshot fact; resolves when it was made. */
  resync(): Promise<void>;
  /**
   * Rings the agent's phone for a waiting call; resolves when the PBX has taken the order. After `timeoutMs` (at most 10 minutes) the offer
   * ends with no_answer. The same offer again changes nothing. @throws DomainError pbx_call_gone, pbx_extension_invalid, pbx_id_invalid
   */
  ring(call: CallKey, offer: { readonly offerId: string; readonly extension: string; readonly timeoutMs: number }): Promise<void>;
  /** The phone stops ringing. Nothing rings: no error. */
  withdraw(call: CallKey, offerId: string): Promise<void>;
  /** Ends the call for everybody. @throws DomainError pbx_call_gone */
  hangUp(call: CallKey): Promise<void>;
  /** The caller hears music, and neither hears the other. @throws DomainError pbx_call_gone, pbx_call_not_talking */
  hold(call: CallKey): Promise<void>;
  resume(call: CallKey): Promise<void>;
  /**
   * Blind: the agent is off at once, and the caller is lost if nobody answers. Attended: the caller hears music while the agent talks to the
   * destination, who takes over when the agent hangs up; if the destination goes, the caller comes back.
   * @throws DomainError pbx_call_gone, pbx_call_not_talking, pbx_transfer_pending, pbx_extension_invalid
   */
  transfer(call: CallKey, to: { readonly destination: string; readonly kind: "blind" | "attended" }): Promise<void>;
  /**
   * Rings the agent's phone, and when it is picked up dials `number` by `dialOut`, "PJSIP/{number}@trunk". The customer sees `callerNumber`.
   * @throws DomainError pbx_number_invalid, pbx_extension_invalid, pbx_id_invalid, pbx_endpoint_invalid
   */
  originate(out: {
    readonly id: string;
    readonly extension: string;
    readonly number: string;
    readonly callerNumber: string;
    readonly dialOut: string;
  }): Promise<CallKey>;
};

type Shared = {
  readonly options: AriConnectionOptions;
  readonly timing: AriTiming;
  readonly http: AriHttp;
  readonly stop: AbortController;
  readonly watchers: Set<() => void>;
  state: AriConnectionState;
  session: AriSession | undefined;
};

/** @throws DomainError pbx_url_invalid */
function checkedUrl(text: string): void {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.search === "") return;
  throw new DomainError(
    "invalid",
    "pbx_url_invalid",
    "the PBX's address is http://host:port/ari, without user and secret: correct the settings",
  );
}

/**
 * Keeps one connection to an Asterisk's REST interface, where callers wait in our application until our agent answers: log-in, keepalive,
 * reconnect with growing pauses, a snapshot after each (re)connect. Returns at once and never gives up; dispose to stop.
 * @throws DomainError pbx_url_invalid, pbx_endpoint_invalid
 */
export function openAriConnection(options: AriConnectionOptions): AriConnection {
  checkedUrl(options.url);
  endpointOf(options.endpoint, "{extension}", "1");
  const timing = { ...TIMING, ...options.timing };
  const shared: Shared = {
    options,
    timing,
    http: ariHttp(options),
    stop: new AbortController(),
    watchers: new Set(),
    state: { state: "connecting" },
    session: undefined,
  };
  const pump = pumpInto(shared, () => resync());
  const { app, endpoint } = options;
  const stream = ariStream({
    ...options,
    ...timing,
    settings: { app, endpoint },
    seq: options.seq ?? 0,
    http: shared.http,
    deliver: (facts) => pump.push(facts),
  });
  const running = keepConnected(shared, stream);
  const resync = async () => stream.sync(live(shared), timing.syncMs);
  return {
    state: () => shared.state,
    ready: (deadlineMs) => untilLive(shared, deadlineMs),
    resync,
    ...orders(shared, stream),
    [Symbol.asyncDispose]: () => close(shared, stream, pump, running),
  };
}

function live(shared: Shared): AriSession {
  if (shared.session !== undefined && shared.state.state === "live") return shared.session;
  throw unavailable("not connected to the PBX: try again when it is");
}

type Orders = Pick<AriConnection, "ring" | "withdraw" | "hangUp" | "hold" | "resume" | "transfer" | "originate">;

function orders(shared: Shared, stream: AriStream): Orders {
  const order = async (command: AriCommand): Promise<void> => {
    live(shared);
    await stream.command(command);
  };
  return {
    ring: (call, offer) => order({ type: "ring", call, ...offer }),
    withdraw: (call, offerId) => order({ type: "withdraw", call, offerId }),
    hangUp: (call) => order({ type: "hang_up", call }),
    hold: (call) => order({ type: "hold", call }),
    resume: (call) => order({ type: "resume", call }),
    transfer: (call, to) => order({ type: "transfer", call, ...to }),
    originate: async (out) => {
      const at = shared.options.now();
      await order({ type: "originate", ...out, at });
      return originatedKey(out.id, at);
    },
  };
}

function pumpInto(shared: Shared, resync: () => Promise<void>): FactPump {
  const { log, onFacts } = shared.options;
  return factPump({
    handle: onFacts,
    high: MAX_WAITING_FACTS,
    pause: () => shared.session?.pause(),
    resume: () => shared.session?.resume(),
    failed: (error, facts) => {
      log.warn({ code: toDomainError(error).code, facts }, "facts were given up; a resync follows");
      // Not connected is no failure here: the next connect begins with a snapshot anyway.
      void pause(shared.timing.retryMs, shared.stop.signal)
        .then(resync)
        .catch(() => undefined);
    },
  });
}

function become(shared: Shared, state: AriConnectionState): void {
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

async function keepConnected(shared: Shared, stream: AriStream): Promise<void> {
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
    // Two instances that take the application from each other would do nothing else: whoever lost it waits longest.
    const first = reason.code === "pbx_application_replaced" ? timing.maxRetryMs : timing.retryMs;
    await backOff(attempt, first, timing.maxRetryMs, stop.signal);
  }
  become(shared, { state: "closed" });
}

/** One connection from its beginning to its end. @returns why it ended */
async function connectOnce(shared: Shared, stream: AriStream): Promise<DomainError> {
  const { options, timing, stop, http } = shared;
  try {
    const session = await openAriSession(
      {
        ...options,
        connectMs: timing.connectMs,
        pingMs: timing.pingMs,
        signal: stop.signal,
        onEvent: stream.take,
        onProblem: (code) => options.log.warn({ code }, "the PBX sent what could not be read; it was left out"),
      },
      http,
    );
    shared.session = session;
    try {
      become(shared, { state: "syncing" });
      await stream.sync(session, timing.syncMs);
      become(shared, { state: "live" });
      options.log.info({}, "connected to the PBX");
      return await session.closed;
    } finally {
      session.close(unavailable("the connection to the PBX was given up"));
    }
  } catch (error) {
    return toDomainError(error);
  }
}

async function close(shared: Shared, stream: AriStream, pump: FactPump, running: Promise<void>): Promise<void> {
  shared.stop.abort();
  shared.session?.close(unavailable("the connection to the PBX was closed here"));
  await running;
  stream[Symbol.dispose]();
  shared.http[Symbol.dispose]();
  try {
    await withDeadline("the handler of facts", DRAIN_MS, pump.drained());
  } catch (error) {
    shared.options.log.warn({ code: toDomainError(error).code }, "the handler of facts did not finish");
  }
}

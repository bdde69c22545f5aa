import { DomainError } from "@trunkline/errors";
import { type AriCommand, originatedKey } from "./ari-commands.ts";
import { ariHttp } from "./ari-http.ts";
import { ARI_TIMING, type AriConnectionOptions, type AriConnectionState } from "./ari-options.ts";
import { type AriSession, openAriSession } from "./ari-session.ts";
import { type AriStream, ariStream } from "./ari-stream.ts";
import { endpointOf } from "./ari-values.ts";
import type { CallKey } from "./facts.ts";
import { closeLink, keepConnected, live, type PbxLink, pbxLink, pumpInto, untilLive } from "./pbx-link.ts";

export type { AriConnectionOptions, AriConnectionState, AriTiming } from "./ari-options.ts";

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
  const timing = { ...ARI_TIMING, ...options.timing };
  const http = ariHttp(options);
  const link = pbxLink<AriSession>(options, timing);
  const pump = pumpInto(link, () => resync());
  const { app, endpoint } = options;
  const stream = ariStream({
    ...options,
    ...timing,
    settings: { app, endpoint },
    seq: options.seq ?? 0,
    http,
    deliver: (facts) => pump.push(facts),
  });
  const { connectMs, pingMs, maxRetryMs } = timing;
  const onProblem = (code: string) => options.log.warn({ code }, "the PBX sent what could not be read; it was left out");
  const running = keepConnected(link, {
    open: (signal) => openAriSession({ ...options, connectMs, pingMs, signal, onEvent: stream.take, onProblem }, http),
    sync: (session) => stream.sync(session, timing.syncMs),
    ended: ({ closed }) => closed,
    // Two instances that take the application from each other would do nothing else: whoever lost it waits longest.
    firstPauseMs: ({ code }) => (code === "pbx_application_replaced" ? maxRetryMs : undefined),
  });
  const resync = async () => stream.sync(live(link), timing.syncMs);
  return {
    state: () => link.state,
    ready: (deadlineMs) => untilLive(link, deadlineMs),
    resync,
    ...orders(link, stream, options.now),
    [Symbol.asyncDispose]: () =>
      closeLink(link, pump, running, () => {
        stream[Symbol.dispose]();
        http[Symbol.dispose]();
      }),
  };
}

type Orders = Pick<AriConnection, "ring" | "withdraw" | "hangUp" | "hold" | "resume" | "transfer" | "originate">;

function orders(link: PbxLink<AriSession>, stream: AriStream, now: () => number): Orders {
  const order = async (command: AriCommand): Promise<void> => {
    live(link);
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
      const at = now();
      await order({ type: "originate", ...out, at });
      return originatedKey(out.id, at);
    },
  };
}

import { DomainError } from "@trunkline/errors";
import type { AriCommand } from "./ari-commands.ts";
import { ariHttp } from "./ari-http.ts";
import { ARI_TIMING, type AriConnectionOptions } from "./ari-options.ts";
import { watchQuality } from "./ari-quality.ts";
import { type AriSession, openAriSession } from "./ari-session.ts";
import { type AriStream, ariStream } from "./ari-stream.ts";
import { endpointOf } from "./ari-values.ts";
import { closeLink, keepConnected, live, type PbxLink, pbxLink, pumpInto, untilLive } from "./pbx-link.ts";
import type { RoutedConnection } from "./routed-connection.ts";

export type { AriConnectionOptions, AriTiming } from "./ari-options.ts";
export type { RoutedConnection } from "./routed-connection.ts";

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
export function openAriConnection(options: AriConnectionOptions): RoutedConnection {
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
  const quality = watchQuality({ http, talking: stream.talking, measured: stream.measured, log: options.log });
  const resync = async () => stream.sync(live(link), timing.syncMs);
  return {
    state: () => link.state,
    ready: (deadlineMs) => untilLive(link, deadlineMs),
    resync,
    ...orders(link, stream),
    [Symbol.asyncDispose]: async () => {
      await quality[Symbol.asyncDispose]();
      await closeLink(link, pump, running, () => {
        stream[Symbol.dispose]();
        http[Symbol.dispose]();
      });
    },
  };
}

type Orders = Omit<RoutedConnection, "state" | "ready" | "resync" | keyof AsyncDisposable>;

function orders(link: PbxLink<AriSession>, stream: AriStream): Orders {
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
    record: (call, name) => order({ type: "record", call, name }),
    pauseRecording: (call, name) => order({ type: "pause_recording", call, name }),
    resumeRecording: (call, name) => order({ type: "resume_recording", call, name }),
    transfer: (call, to) => order({ type: "transfer", call, ...to }),
    listen: (call, extension) => order({ type: "listen", call, extension }),
    callIntoQueue: (out) => order({ type: "call_into_queue", ...out }),
    originate: (out) => order({ type: "originate", ...out }),
  };
}

import { DomainError } from "@trunkline/errors";
import { WebSocket } from "ws";
import { unavailable } from "../pbx/errors.ts";
import { signsOfLife } from "../pbx/signs-of-life.ts";
import type { RoutedEvent } from "../routed/events.ts";
import type { RoutedSession } from "../routed/stream.ts";
import { ARI_EVENTS, type AriProblem, MAX_ARI_FRAME, parseAriFrame } from "./events.ts";
import { type AriHttp, authorization, refusalOf } from "./http.ts";

export type AriSessionOptions = {
  readonly url: string;
  readonly user: string;
  readonly secret: string;
  readonly app: string;
  /** For TCP, handshake and what is asked of the PBX first, ms. */
  readonly connectMs: number;
  /** Between two questions for a sign of life, ms; when two bring none the connection is over. */
  readonly pingMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RoutedEvent, frame: string) => void;
  readonly onProblem: (problem: AriProblem) => void;
};

/** The socket on which the PBX tells its events. */
export type AriSession = RoutedSession;

/** http becomes ws, and /ari becomes /ari/events. */
export function eventsUrl(url: string, app: string): string {
  const address = new URL(url);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  address.pathname = `${address.pathname.replace(/\/$/, "")}/events`;
  address.search = `?app=${encodeURIComponent(app)}&subscribeAll=false`;
  return address.href;
}

/** Another instance logged in for the same application: the PBX talks to that one now. */
function takenOver(): DomainError {
  const text = "another connection has taken this application over on the PBX: only one instance may own it";
  return new DomainError("conflict", "pbx_application_replaced", text);
}

function handshakeRefused(status: number): DomainError {
  return status === 401 || status === 403
    ? refusalOf(401, "log-in", "")
    : unavailable(`the PBX does not offer its events here (HTTP ${status})`);
}

/**
 * Connects and asks the PBX to send only what is needed.
 * @throws DomainError unavailable (pbx_unavailable), unauthenticated (pbx_login_refused)
 */
export async function openAriSession(options: AriSessionOptions, http: AriHttp): Promise<AriSession> {
  const socket = new WebSocket(eventsUrl(options.url, options.app), {
    headers: { authorization: authorization(options.user, options.secret) },
    handshakeTimeout: options.connectMs,
    maxPayload: MAX_ARI_FRAME * 4,
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  const ended = Promise.withResolvers<DomainError>();
  const opened = Promise.withResolvers<void>();
  let closed = false;
  const close = (reason: DomainError): void => {
    if (closed) return;
    closed = true;
    socket.terminate();
    opened.reject(reason);
    ended.resolve(reason);
  };
  socket.on("open", () => opened.resolve());
  socket.on("unexpected-response", (_, reply) => close(handshakeRefused(reply.statusCode ?? 0)));
  socket.on("error", (error) => close(unavailable("no connection to the PBX", error)));
  socket.on("close", () => close(unavailable("the PBX closed the connection")));
  socket.on("message", (data: Buffer, isBinary) => {
    const frame = isBinary ? "" : data.toString("utf8");
    const event = parseAriFrame(frame);
    if (typeof event === "string") options.onProblem(event);
    else if (event?.type === "taken_over") close(takenOver());
    else if (event !== undefined) options.onEvent(event, frame);
  });
  const stop = () => close(unavailable("the connection to the PBX was closed here"));
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  void ended.promise.then(() => options.signal.removeEventListener("abort", stop));
  await opened.promise;
  const signs = signsOfLife({ everyMs: options.pingMs, ask: () => socket.ping(), listening: () => !socket.isPaused, lost: close });
  for (const sign of ["pong", "message"] as const) socket.on(sign, signs.heard);
  socket.on("close", () => signs[Symbol.dispose]());
  await filter(http, options);
  return { pause: () => socket.pause(), resume: () => socket.resume(), close, closed: ended.promise };
}

/** Only saves traffic: a PBX that is too old for it sends everything. */
async function filter(http: AriHttp, { app, connectMs }: AriSessionOptions): Promise<void> {
  const path = `/applications/${encodeURIComponent(app)}/eventFilter`;
  await http.send({ method: "PUT", path, body: { allowed: ARI_EVENTS.map((type) => ({ type })) } }, connectMs).catch(() => undefined);
}

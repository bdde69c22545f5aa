import { connect } from "node:net";
import { DomainError, toDomainError } from "@trunkline/errors";
import { unavailable } from "../pbx/errors.ts";
import { signsOfLife } from "../pbx/signs-of-life.ts";
import type { RoutedSession } from "../routed/stream.ts";
import { type EslFrame, eslParser } from "./codec.ts";
import { ESL_EVENTS, parseEslEvent } from "./events.ts";
import { type EslReplies, eslReplies, notEsl } from "./replies.ts";
import { type EslEvent, header } from "./values.ts";

export type EslSessionOptions = {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
  /** For TCP, log-in and what is asked for first, ms. */
  readonly connectMs: number;
  /** Between two questions for a sign of life, ms; when two bring no byte the connection is over. */
  readonly pingMs: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: EslEvent, frame: string) => void;
  readonly onProblem: (problem: string) => void;
};

/** A logged-in event socket. */
export type EslSession = RoutedSession & Pick<EslReplies, "command" | "job">;

function refused(said: string): DomainError {
  const text = `the PBX refused the log-in: check the password and apply-inbound-acl in event_socket.conf.xml (${said.slice(0, 40)})`;
  return new DomainError("unauthenticated", "pbx_login_refused", text);
}

type Ears = {
  readonly replies: EslReplies;
  readonly asked: () => void;
  readonly close: (reason: DomainError) => void;
  readonly options: EslSessionOptions;
};

function takeFrame({ headers, body }: EslFrame, { replies, asked, close, options }: Ears): void {
  const type = headers.get("content-type") ?? "";
  if (type === "text/event-json") takeEvent(body, replies, options);
  else if (type === "command/reply") replies.reply(headers.get("reply-text") ?? "", headers.get("job-uuid") ?? "");
  else if (type === "api/response") replies.reply(body, "");
  else if (type === "auth/request") asked();
  else if (type === "text/disconnect-notice") close(unavailable("the PBX closed the connection"));
  else if (type.endsWith("rude/rejection") || type.endsWith("rude-rejection")) close(refused("access denied"));
  else options.onProblem("unknown_content");
}

function takeEvent(body: string, replies: EslReplies, { onEvent, onProblem }: EslSessionOptions): void {
  const event = parseEslEvent(body);
  if (event === undefined) onProblem("not_json");
  else {
    if (header(event, "Event-Name") === "BACKGROUND_JOB") replies.result(header(event, "Job-UUID"), header(event, "_body"));
    onEvent(event, body);
  }
}

async function logIn(replies: EslReplies, { secret, connectMs }: EslSessionOptions): Promise<void> {
  const reply = await replies.command(`auth ${secret}`, "log-in", connectMs);
  if (!reply.startsWith("+OK")) throw refused(reply);
  const events = await replies.command(`event json ${ESL_EVENTS.join(" ")}`, "event", connectMs);
  if (!events.startsWith("+OK")) throw notEsl("no events");
}

/**
 * Connects, logs in and asks for the events.
 * @throws DomainError unavailable (pbx_unavailable), unauthenticated (pbx_login_refused), deadline_exceeded (pbx_action_timeout)
 */
export async function openEslSession(options: EslSessionOptions): Promise<EslSession> {
  const socket = connect({ host: options.host, port: options.port, noDelay: true, keepAlive: true });
  const ended = Promise.withResolvers<DomainError>();
  const greeted = Promise.withResolvers<void>();
  const replies = eslReplies((text) => void socket.write(text));
  let closed: DomainError | undefined;
  const close = (reason: DomainError): void => {
    if (closed !== undefined) return;
    closed = reason;
    socket.destroy();
    replies.failAll(reason);
    greeted.reject(reason);
    ended.resolve(reason);
  };
  const ears: Ears = { replies, asked: () => greeted.resolve(), close, options };
  const parser = eslParser({ onFrame: (frame) => closed === undefined && takeFrame(frame, ears) });
  socket.on("data", (chunk: Buffer) => {
    const problem = parser.push(chunk);
    if (problem !== undefined) close(notEsl(problem));
  });
  socket.on("error", (error) => close(unavailable("no connection to the PBX", error)));
  socket.on("close", () => close(unavailable("the PBX closed the connection")));
  const stop = () => close(unavailable("the connection to the PBX was closed here"));
  options.signal.addEventListener("abort", stop, { once: true });
  if (options.signal.aborted) stop();
  void ended.promise.then(() => options.signal.removeEventListener("abort", stop));
  const late = setTimeout(() => close(unavailable(`no log-in at the PBX within ${options.connectMs} ms`)), options.connectMs);
  try {
    await greeted.promise;
    await logIn(replies, options);
  } catch (error) {
    close(toDomainError(error));
    throw error;
  } finally {
    clearTimeout(late);
  }
  const whileOpen = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed !== undefined) throw closed;
    return work();
  };
  const session: EslSession = {
    command: (...one) => whileOpen(() => replies.command(...one)),
    job: (...one) => whileOpen(() => replies.job(...one)),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    close,
    closed: ended.promise,
  };
  const signs = signsOfLife({
    everyMs: options.pingMs,
    ask: () => void session.command("api uptime", "ping", options.pingMs).catch(() => undefined),
    listening: () => !socket.isPaused(),
    lost: close,
  });
  socket.on("data", signs.heard);
  void session.closed.then(() => signs[Symbol.dispose]());
  return session;
}

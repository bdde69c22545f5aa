import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import { DomainError } from "@trunkline/errors";
import { actionTimeout, unavailable } from "../pbx/errors.ts";
import { type AmiProblem, amiParser } from "./codec.ts";
import { type AmiAction, encodeAction } from "./encode.ts";
import { FACT_EVENTS, FACT_KEYS, FACT_VARIABLES } from "./facts.ts";
import { type AmiFrame, field } from "./frame.ts";

export type AmiSessionOptions = {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly secret: string;
  /** "md5" never sends the secret; "plain" for servers that do not offer a challenge. */
  readonly auth: "md5" | "plain";
  /** For TCP, greeting and log-in together, ms. */
  readonly connectMs: number;
  /** Ends the attempt to connect; a session that is open is ended by `close`. */
  readonly signal: AbortSignal;
  /** All event frames of one chunk of bytes. */
  readonly onEvents: (frames: readonly AmiFrame[]) => void;
  readonly onProblem: (problem: AmiProblem) => void;
};

/** One logged-in connection, from log-in to its end; it does not come back. */
export type AmiSession = {
  send(action: AmiAction, deadlineMs: number): Promise<AmiFrame>;
  pause(): void;
  resume(): void;
  paused(): boolean;
  /** Ends the connection; pending actions fail with the reason. */
  close(reason: DomainError): void;
  /** Why it ended. */
  readonly closed: Promise<DomainError>;
};

/** Classes of events: calls, queues and (for VarSet) the dial plan; not security, RTCP, reporting and the rest. */
const EVENT_MASK = "call,agent,dialplan";
const MAX_PENDING = 1000;

type Pending = {
  readonly action: string;
  readonly resolve: (frame: AmiFrame) => void;
  readonly reject: (error: DomainError) => void;
  readonly timer: NodeJS.Timeout;
};

function refusal(action: string, response: AmiFrame): DomainError {
  const said = field(response, "Message").slice(0, 200);
  if (said === "Permission denied") {
    return new DomainError("forbidden", "pbx_permission_denied", `the PBX user may not ${action}: give it the permission there`, {
      action,
    });
  }
  return new DomainError("rule_violated", "pbx_action_refused", `the PBX refused ${action}: ${said}`, { action });
}

/** Actions waiting for their response, by ActionID. */
function pendingActions() {
  const pending = new Map<string, Pending>();
  let count = 0;

  function take(id: string): Pending | undefined {
    const one = pending.get(id);
    if (one === undefined) return undefined;
    pending.delete(id);
    clearTimeout(one.timer);
    return one;
  }

  return {
    /** Registers, then writes: the response cannot come before somebody waits for it. */
    send(action: AmiAction, deadlineMs: number, write: (bytes: Buffer) => void): Promise<AmiFrame> {
      const id = String(action["ActionID"] ?? `tl-${++count}`);
      const bytes = encodeAction({ ...action, ActionID: id });
      if (pending.size >= MAX_PENDING) {
        throw new DomainError("exhausted", "pbx_actions_pending", `${MAX_PENDING} actions wait for the PBX: try again later`);
      }
      const { promise, resolve, reject } = Promise.withResolvers<AmiFrame>();
      const late = () => {
        take(id)?.reject(actionTimeout(action.Action, deadlineMs));
      };
      pending.set(id, { action: action.Action, resolve, reject, timer: setTimeout(late, deadlineMs) });
      write(bytes);
      return promise;
    },
    answer(response: AmiFrame): void {
      const one = take(field(response, "ActionID"));
      if (one === undefined) return;
      if (field(response, "Response") === "Error") one.reject(refusal(one.action, response));
      else one.resolve(response);
    },
    failAll(reason: DomainError): void {
      for (const id of [...pending.keys()]) take(id)?.reject(reason);
    },
  };
}

type SendNow = (action: AmiAction) => Promise<AmiFrame>;

async function logIn(send: SendNow, { user, secret, auth }: AmiSessionOptions): Promise<void> {
  const base = { Action: "Login", Username: user, Events: EVENT_MASK };
  try {
    if (auth === "plain") return void (await send({ ...base, Secret: secret }));
    const challenge = field(await send({ Action: "Challenge", AuthType: "MD5" }), "Challenge");
    const key = createHash("md5")
      .update(challenge + secret)
      .digest("hex");
    await send({ ...base, AuthType: "MD5", Key: key });
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "pbx_action_refused") throw error;
    const text = "the PBX refused the log-in: check user, secret and the addresses that manager.conf permits";
    throw new DomainError("unauthenticated", "pbx_login_refused", text, {}, error);
  }
}

/**
 * Connects and logs in.
 * @throws DomainError unavailable (pbx_unavailable), unauthenticated (pbx_login_refused), deadline_exceeded (pbx_action_timeout)
 */
export async function openAmiSession(options: AmiSessionOptions): Promise<AmiSession> {
  const socket: Socket = connect({ host: options.host, port: options.port, noDelay: true, keepAlive: true });
  const actions = pendingActions();
  const greeted = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<DomainError>();
  let closed: DomainError | undefined;
  let events: AmiFrame[] = [];

  const close = (reason: DomainError): void => {
    if (closed !== undefined) return;
    closed = reason;
    socket.destroy();
    actions.failAll(reason);
    greeted.reject(reason);
    ended.resolve(reason);
  };
  const parser = amiParser({
    events: FACT_EVENTS,
    variables: FACT_VARIABLES,
    keys: FACT_KEYS,
    onGreeting: () => greeted.resolve(),
    // By Event, for OriginateResponse is an event with a key Response.
    onFrame: (frame) => (frame["Event"] === undefined ? actions.answer(frame) : void events.push(frame)),
    onProblem: options.onProblem,
  });
  socket.on("data", (chunk: Buffer) => {
    parser.push(chunk);
    const frames = events;
    events = [];
    if (frames.length > 0) options.onEvents(frames);
  });
  socket.on("error", (error) => close(unavailable("the connection to the PBX failed", error)));
  socket.on("close", () => close(unavailable("the PBX closed the connection")));

  const send = async (action: AmiAction, deadlineMs: number): Promise<AmiFrame> => {
    if (closed !== undefined) throw closed;
    return actions.send(action, deadlineMs, (bytes) => socket.write(bytes));
  };
  const late = setTimeout(() => close(unavailable(`no log-in at the PBX within ${options.connectMs} ms`)), options.connectMs);
  const aborted = () => close(unavailable("connecting to the PBX was given up"));
  options.signal.addEventListener("abort", aborted, { once: true });
  try {
    await greeted.promise;
    await logIn((action) => send(action, options.connectMs), options);
  } catch (error) {
    close(error instanceof DomainError ? error : unavailable("log-in failed", error));
    throw error;
  } finally {
    clearTimeout(late);
    options.signal.removeEventListener("abort", aborted);
  }
  return {
    send,
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
    paused: () => socket.isPaused(),
    close,
    closed: ended.promise,
  };
}

import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { DomainError } from "@trunkline/errors";
import { actionTimeout, unavailable } from "../pbx/errors.ts";
import type { AriRequest } from "./orders.ts";

export type AriHttp = Disposable & {
  /**
   * Sends one request and gives the reply's JSON, undefined if it has none.
   * @throws DomainError pbx_unavailable, pbx_action_timeout (it may have been done), pbx_action_refused (details.status), pbx_login_refused,
   * pbx_permission_denied
   */
  send(request: AriRequest, deadlineMs: number): Promise<unknown>;
  /** Gives a file as it comes in. @throws as send does */
  download(path: string, deadlineMs: number): AsyncIterable<Uint8Array>;
};

/** Lists of channels may be long; an order's reply is not. */
const MAX_REPLY = 64 * 1024 * 1024;
const MAX_SOCKETS = 16;
/** The PBX closes an idle connection after 15 s; ours is given up before. */
const IDLE_MS = 10_000;

/** What stands in the way, by the status of a reply. The user may log in but not do this, where the PBX says 403. */
export function refusalOf(status: number, what: string, said: string): DomainError {
  if (status === 401) {
    return new DomainError("unauthenticated", "pbx_login_refused", "the PBX refused the log-in: check user and secret against ari.conf");
  }
  if (status === 403) {
    const text = `the PBX user may not ${what}: take read_only from it in ari.conf`;
    return new DomainError("forbidden", "pbx_permission_denied", text, { action: what });
  }
  if (status >= 500 && status !== 500) return unavailable(`the PBX cannot ${what} now (HTTP ${status})`);
  const details = { action: what, status: String(status) };
  return new DomainError("rule_violated", "pbx_action_refused", `the PBX refused ${what}: ${said.slice(0, 200)}`, details);
}

/** What is asked, without ids: for messages and logs. */
function nameOf({ method, path }: AriRequest): string {
  const [, collection = "", , action = ""] = (path.split("?")[0] ?? "").split("/");
  return [method, collection, action].filter((part) => part !== "").join(" ");
}

async function readAll(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    size += (chunk as Buffer).length;
    if (size > MAX_REPLY) throw unavailable("the PBX's reply is longer than 64 MiB");
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function jsonOf(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch (error) {
    throw unavailable("the PBX answered with something that is no JSON: is this the address of its ARI?", error);
  }
}

function messageOf(text: string): string {
  const found = /"(?:message|error)"\s*:\s*"([^"]*)"/.exec(text.slice(0, 1000));
  return found?.[1] ?? "";
}

/** Basic authentication in the header: neither user nor secret is ever part of an address. */
export function authorization(user: string, secret: string): string {
  return `Basic ${Buffer.from(`${user}:${secret}`).toString("base64")}`;
}

/** Requests to one PBX over a few kept connections, each with a deadline. */
export function ariHttp(options: { readonly url: string; readonly user: string; readonly secret: string }): AriHttp {
  const base = new URL(options.url);
  const secure = base.protocol === "https:";
  const settings = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_MS };
  const agent = secure ? new HttpsAgent(settings) : new HttpAgent(settings);
  const headers = { authorization: authorization(options.user, options.secret), accept: "application/json" };

  function open(request: AriRequest, body: string | undefined, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const type = body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const detail: RequestOptions = { agent, method: request.method, headers: { ...headers, ...type }, signal };
    const url = `${base.origin}${base.pathname.replace(/\/$/, "")}${request.path}`;
    const outgoing = (secure ? httpsRequest : httpRequest)(url, detail, resolve);
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // The PBX closed a kept connection while we wrote to it: nothing was done, once more on a new one.
      if (outgoing.reusedSocket && error.code === "ECONNRESET") open(request, body, signal).then(resolve, reject);
      else reject(error);
    });
    outgoing.end(body);
    return promise;
  }

  let closed = false;
  /** The reply, once it is there, to whoever reads it within the deadline. */
  async function answered<T>(request: AriRequest, deadlineMs: number, use: (reply: IncomingMessage) => Promise<T>): Promise<T> {
    if (closed) throw unavailable("the connection to the PBX was closed here");
    const what = nameOf(request);
    const signal = AbortSignal.timeout(deadlineMs);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    try {
      const reply = await open(request, body, signal);
      const status = reply.statusCode ?? 0;
      if (status < 200 || status > 299) throw refusalOf(status, what, messageOf(await readAll(reply)));
      return await use(reply);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      if (!signal.aborted) throw unavailable("no connection to the PBX", error);
      throw actionTimeout(what, deadlineMs);
    }
  }
  return {
    send: (request, deadlineMs) => answered(request, deadlineMs, async (reply) => jsonOf(await readAll(reply))),
    async *download(path, deadlineMs) {
      const reply = await answered({ method: "GET", path }, deadlineMs, async (it) => it);
      try {
        for await (const chunk of reply) yield chunk as Uint8Array;
      } catch (error) {
        throw unavailable("the PBX broke off", error);
      } finally {
        reply.destroy();
      }
    },
    [Symbol.dispose]: () => {
      closed = true;
      agent.destroy();
    },
  };
}

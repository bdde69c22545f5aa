import type { Writable } from "node:stream";
import { type Principal, sessionOver } from "@trunkline/auth";
import type { Frame } from "@trunkline/desktop-client";
import { hello, said } from "@trunkline/desktop-client/protocol";
import { isDomainError, unless } from "@trunkline/errors";
import type { Clock, Logger } from "@trunkline/runtime";
import type { WebSocket } from "ws";
import type { z } from "zod";
import { withFreshRings } from "./fresh-rings.ts";
import { KEPT, type Mailbox, type Numbered, type Tail } from "./mailbox.ts";
import { CLOSE, type Send, sender } from "./socket-sender.ts";
import type { SendPaced } from "./tenant-board.ts";

export type DesktopHooks = {
  readonly mailbox: Mailbox;
  readonly verify: (token: string) => Promise<Principal>;
  /** What the agent has now: pops that ring and calls in hand. */
  readonly snapshot: (tenant: string, employeeId: string) => Promise<readonly Frame[]>;
  readonly shown: (tenant: string, employeeId: string, callId: string, offerId: string) => Promise<void>;
  /** Notes that this agent has a desktop here, or that the last one here was closed. */
  readonly noteDesk: (agent: string, open: boolean) => void;
  /** Sends the tenant's board now, and from then on what changes; gives the way to end that. */
  readonly watchBoard: (tenant: string, send: SendPaced) => () => void;
  /** @throws DomainError unauthenticated session_over | token_stale */
  readonly checkSession: (principal: Principal) => void;
  readonly now: Clock;
  readonly log: Logger;
};

const HELLO_MS = 5_000;
const BUFFERED = 1_000;
const MOST_EARLY = 16;
/** Messages of one desktop in a window: after a cut it acknowledges 50 pops at once. */
const MOST_SAID = 200;
const WINDOW_MS = 10_000;
/** Acknowledgements of one desktop that are not stored yet; it keeps 50 at most while it is cut off. */
const MOST_NOTING = 64;

type Identity = { readonly tenant: string; readonly employeeId: string; readonly supervises: boolean };
type Session = { readonly identity: Identity; readonly leave: () => Promise<void>; unwatch?: () => void; noting: number };
/** Of an agent's mailbox, `tenant/employee`: an id holds no slash. */
export function splitAgent(agent: string): [tenant: string, employeeId: string] {
  const slash = agent.indexOf("/");
  return [agent.slice(0, slash), agent.slice(slash + 1)];
}

/** A desktop that is let in; `recheck` closes it when its rights are no longer what they were. */
export type Desktop = { readonly send: Send; readonly recheck: () => void; readonly close: (code: number, reason: string) => void };
/** Tells the hub of one; gives the way to say that it has gone. */
type Joined = (agent: string, desktop: Desktop) => () => void;

/** One desktop on its line, from hello to close. `joined` is called with the agent once the desktop may hear of them. */
export function serveDesktop(socket: WebSocket, line: Writable, hooks: DesktopHooks, joined: Joined): void {
  const send = sender(socket, line);
  let session: Session | undefined;
  let greeting = false;
  const early: unknown[] = [];
  const spendOne = allowance(hooks.now);
  const take = (message: unknown) => {
    // Who is being closed is not listened to any more.
    if (socket.readyState !== socket.OPEN) return;
    if (!spendOne()) return socket.close(CLOSE.tooManyMessages, "too_many_messages");
    if (session) return void heard(socket, hooks, session, message, send).catch((error: unknown) => refuse(socket, hooks.log, error));
    // What a desktop says before it has been let in waits.
    if (greeting && early.length < MOST_EARLY) return void early.push(message);
    const first = hello.safeParse(message);
    if (!first.success || greeting) return socket.close(CLOSE.badMessage, "bad_message");
    greeting = true;
    clearTimeout(late);
    greet(socket, hooks, joined, first.data, send).then(
      (opened) => {
        session = opened;
        // While it is still closing, its close event is yet to come.
        if (socket.readyState === socket.CLOSED) return void opened?.leave();
        if (opened) for (const message of early.splice(0)) take(message);
      },
      (error: unknown) => refuse(socket, hooks.log, error),
    );
  };
  const late = setTimeout(() => socket.close(CLOSE.helloMissing, "hello_missing"), HELLO_MS);
  socket.on("error", () => socket.terminate());
  socket.on("close", () => {
    clearTimeout(late);
    if (session) unwatch(session);
    void session?.leave();
  });
  socket.on("message", (data, binary) => take(binary ? undefined : parse(String(data))));
}

/** False for what is said beyond the allowance; more than a person's program has to say. */
function allowance(now: Clock): () => boolean {
  let [since, said] = [now(), 0];
  return () => {
    const at = now();
    if (at - since >= WINDOW_MS) [since, said] = [at, 0];
    said += 1;
    return said <= MOST_SAID;
  };
}

function refuse(socket: WebSocket, log: Logger, error: unknown): void {
  const known = isDomainError(error) ? error : undefined;
  if (!known) log.error({ err: error }, "a desktop socket failed");
  const code = known?.kind === "forbidden" ? CLOSE.forbidden : known?.kind === "unauthenticated" ? CLOSE.unauthenticated : CLOSE.restarting;
  socket.close(code, known?.code ?? "internal_error");
}

function unwatch(session: Session): void {
  session.unwatch?.();
  delete session.unwatch;
}

async function heard(socket: WebSocket, hooks: DesktopHooks, session: Session, message: unknown, send: Send): Promise<void> {
  const { tenant, employeeId, supervises } = session.identity;
  const parsed = said.safeParse(message);
  if (!parsed.success) return socket.close(CLOSE.badMessage, "bad_message");
  if (parsed.data.type === "ping") return send('{"type":"pong"}');
  if (parsed.data.type === "watch_board") {
    if (!supervises) return socket.close(CLOSE.forbidden, "permission_denied");
    // Asked again it begins anew.
    unwatch(session);
    session.unwatch = hooks.watchBoard(tenant, send);
    return;
  }
  if (parsed.data.type === "unwatch_board") return unwatch(session);
  if (session.noting >= MOST_NOTING) return socket.close(CLOSE.badMessage, "bad_message");
  session.noting += 1;
  await hooks.shown(tenant, employeeId, parsed.data.callId, parsed.data.offerId).finally(() => {
    session.noting -= 1;
  });
}

/** Lets an agent in: subscribes first, then says what was missed, so that nothing falls between. */
async function greet(
  socket: WebSocket,
  hooks: DesktopHooks,
  joined: Joined,
  { token, resume }: z.output<typeof hello>,
  send: Send,
): Promise<Session | undefined> {
  const principal = await hooks.verify(token);
  const { kind, id: employeeId, tenant, permissions, sessionEnd } = principal;
  if (kind !== "employee" || tenant === undefined || !permissions.has("agent.desktop")) {
    socket.close(CLOSE.forbidden, "permission_denied");
    return undefined;
  }
  hooks.checkSession(principal);
  const agent = `${tenant}/${employeeId}`;
  // The token may run out: the desktop stays as long as its session does.
  const endsIn = Math.min(2 ** 31 - 1, Math.max(0, sessionEnd - hooks.now()));
  const end = setTimeout(() => refuse(socket, hooks.log, sessionOver()), endsIn);
  const gate = openGate(send);
  const unsubscribe = await hooks.mailbox.subscribe(agent, gate.receive);
  const recheck = () => {
    try {
      hooks.checkSession(principal);
    } catch (error) {
      refuse(socket, hooks.log, error);
    }
  };
  const left = joined(agent, { send, recheck, close: (code, reason) => socket.close(code, reason) });
  const leave = async () => {
    clearTimeout(end);
    left();
    await unsubscribe();
  };
  const identity = { tenant, employeeId, supervises: permissions.has("call.supervise") };
  try {
    gate.open(await catchUp(hooks, agent, identity, resume, send));
  } catch (error) {
    await leave();
    throw error;
  }
  return { identity, leave, noting: 0 };
}

/** Sends what was missed, or a snapshot. @returns the missed frames that were sent */
async function catchUp(
  hooks: DesktopHooks,
  agent: string,
  { tenant, employeeId }: Identity,
  resume: Tail | undefined,
  send: Send,
): Promise<readonly Numbered[]> {
  try {
    const missed = resume && (await hooks.mailbox.after(agent, resume));
    if (resume && missed) {
      send(JSON.stringify({ type: "welcome", epoch: resume.epoch, id: resume.id, resumed: true }));
      for (const numbered of missed) send(envelope(numbered));
      return missed;
    }
    const tail = await hooks.mailbox.tail(agent);
    send(JSON.stringify({ type: "welcome", epoch: tail.epoch, id: tail.id, resumed: false }));
    const stored = await hooks.snapshot(tenant, employeeId);
    const kept = await keptFrames(hooks.mailbox, agent, tail);
    send(JSON.stringify({ type: "snapshot", frames: withFreshRings(stored, kept, hooks.now()) }));
  } catch (error) {
    unless("mailbox_unavailable")(error);
    send(JSON.stringify({ type: "welcome", epoch: "", id: "0", resumed: false }));
    send(JSON.stringify({ type: "snapshot", frames: await hooks.snapshot(tenant, employeeId) }));
  }
  return [];
}

async function keptFrames(mailbox: Mailbox, agent: string, { epoch, id }: Tail): Promise<readonly Frame[]> {
  const place = { epoch, id: String(Math.max(0, Number(id) - KEPT)) };
  return ((await mailbox.after(agent, place)) ?? []).map(({ frame }) => JSON.parse(frame) as Frame);
}

/**
 * Holds live frames back until what came before them has been sent. Some of them may be among that and are left out, also when they come
 * only now, by the slower way: by what they say, for numbers do not tell, a flush meanwhile begins them anew.
 */
function openGate(send: (text: string) => void): { receive(numbered: Numbered): void; open(sent: readonly Numbered[]): void } {
  let held: Numbered[] | undefined = [];
  let known: Set<string> | undefined;
  const pass = (numbered: Numbered) => {
    if (known?.has(numbered.frame)) return;
    // They come in order: behind one that is new there is none that was sent.
    known = undefined;
    send(envelope(numbered));
  };
  return {
    receive(numbered) {
      if (!held) pass(numbered);
      else if (held.length < BUFFERED) held.push(numbered);
    },
    open(sent) {
      known = new Set(sent.map(({ frame }) => frame));
      const waiting = held ?? [];
      held = undefined;
      waiting.forEach(pass);
    },
  };
}

/** Built by text: the frame is JSON already. */
function envelope({ id, frame }: Numbered): string {
  return `{"type":"frame","id":"${id}","frame":${frame}}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

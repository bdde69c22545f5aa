import { inParallel, type Logger } from "@trunkline/runtime";
import { type WebSocket, WebSocketServer } from "ws";
import { DESK_EVERY_MS } from "../domain/agent-session.ts";
import { openCallbackHints } from "./callback-hints.ts";
import { type Desktop, type DesktopHooks, serveDesktop, splitAgent } from "./desktop-socket.ts";
import { inTurn } from "./in-turn.ts";
import { CLOSE } from "./socket-sender.ts";

export type DesktopHub = { readonly port: number; readonly sockets: () => number } & AsyncDisposable;

const PING_MS = 15_000;
const DEGRADED_MS = 1_000;
/** With the two seconds in which it is heard that a session has ended, well within five after that. */
const RECHECK_MS = 1_000;
const MAX_SOCKETS = 20_000;
/** A person at some machines, with some tabs on each; the oldest goes. */
const MOST_OF_ONE = 8;
const SNAPSHOTS_AT_ONCE = 16;

/** The WebSocket entrance of agent desktops. Pages of other origins are refused; so is who sends none but is a browser. */
export async function openDesktopHub(
  { host, port }: { readonly host: string; readonly port: number },
  origins: readonly string[],
  hooks: DesktopHooks,
): Promise<DesktopHub> {
  const server = new WebSocketServer({
    host,
    port,
    maxPayload: 16 * 1024,
    perMessageDeflate: false,
    verifyClient: ({ origin }: { origin?: string }) =>
      (origin === undefined || origins.includes(origin)) && server.clients.size < MAX_SOCKETS,
  });
  await new Promise<void>((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const agents = new Map<string, Set<Desktop>>();
  const hints = openCallbackHints(hooks.mailbox, hooks.log);
  server.on("connection", (socket, { socket: line }) => {
    serveDesktop(socket, line, hooks, (agent, desktop) => {
      const desktops = agents.get(agent) ?? new Set();
      agents.set(agent, desktops.add(desktop));
      const unhint = hints.join(splitAgent(agent)[0], desktop.send);
      if (desktops.size === 1) hooks.noteDesk(agent, true);
      for (const oldest of [...desktops].slice(0, -MOST_OF_ONE)) oldest.close(CLOSE.tooManyDesktops, "too_many_desktops");
      return () => {
        desktops.delete(desktop);
        unhint();
        if (desktops.size > 0 || agents.get(agent) !== desktops) return;
        agents.delete(agent);
        hooks.noteDesk(agent, false);
      };
    });
  });
  const pinging = pingAll(server);
  const rechecking = setInterval(() => {
    for (const desktops of agents.values()) for (const { recheck } of desktops) recheck();
  }, RECHECK_MS);
  const noting = inTurn(agents, DESK_EVERY_MS, ([agent]) => {
    if (agents.has(agent)) hooks.noteDesk(agent, true);
  });
  const degraded = watchMailbox(agents, hooks, hooks.log);
  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    sockets: () => server.clients.size,
    [Symbol.asyncDispose]: async () => {
      pinging();
      clearInterval(rechecking);
      noting();
      degraded();
      for (const socket of server.clients) socket.close(CLOSE.restarting, "restarting");
      const overdue = setTimeout(() => {
        for (const socket of server.clients) socket.terminate();
      }, 1_000);
      await new Promise<void>((resolve) => server.close(() => resolve()));
      clearTimeout(overdue);
    },
  };
}

/** Ends the sockets that have not answered when it is their turn again. */
function pingAll(server: WebSocketServer): () => void {
  /** When those were asked that owe an answer. */
  const asked = new WeakMap<WebSocket, number>();
  server.on("connection", (socket) => socket.on("pong", () => asked.delete(socket)));
  return inTurn(server.clients, PING_MS, (socket) => {
    const [at, since] = [performance.now(), asked.get(socket)];
    // Its turn comes early when many before it have left: the answer has its time all the same.
    if (since !== undefined && at - since < PING_MS / 2) return;
    if (since !== undefined) return socket.terminate();
    asked.set(socket, at);
    socket.ping();
  });
}

/**
 * While the mailboxes are away, every agent of this instance gets a snapshot from the store, each second that it changed; and one more when
 * they are back.
 */
function watchMailbox(agents: ReadonlyMap<string, ReadonlySet<Desktop>>, hooks: DesktopHooks, log: Logger): () => void {
  const last = new Map<string, string>();
  let away = false;
  let known = 0;
  let busy = false;
  const look = async () => {
    const cuts = await hooks.mailbox.check().catch(() => undefined);
    const here = cuts !== undefined;
    if (away !== !here) log.warn({ away: !here }, here ? "mailboxes are back" : "mailboxes are away: desktops get snapshots each second");
    // Also after a cut so short that nobody looked meanwhile.
    const recovering = here && cuts !== known;
    away = !here;
    const before = known;
    known = cuts ?? known;
    if (!away && !recovering) return last.clear();
    const failures: unknown[] = [];
    await inParallel([...agents], SNAPSHOTS_AT_ONCE, ([agent, desktops]) =>
      snapshot(agent, desktops).catch((error) => failures.push(error)),
    );
    for (const agent of last.keys()) if (!agents.has(agent)) last.delete(agent);
    if (failures.length === 0) return;
    known = before;
    log.warn({ err: failures[0], failed: failures.length, of: agents.size }, "snapshots failed; they are tried again");
  };
  const snapshot = async (agent: string, desktops: ReadonlySet<Desktop>) => {
    const frames = await hooks.snapshot(...splitAgent(agent));
    const text = JSON.stringify({ type: "snapshot", frames });
    if (last.get(agent) === text) return;
    last.set(agent, text);
    for (const { send } of desktops) send(text);
  };
  const timer = setInterval(() => {
    if (busy || agents.size === 0) return;
    busy = true;
    look()
      .catch((error: unknown) => log.warn({ err: error }, "snapshots failed"))
      .finally(() => {
        busy = false;
      });
  }, DEGRADED_MS);
  return () => clearInterval(timer);
}

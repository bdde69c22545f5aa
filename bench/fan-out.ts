// One frame of 200 bytes to each of 10,000 open desktops, as the desktop hub sends it: numbered, and kept for who resumes. The
// limit: bare ws sending text built beforehand. Beside it: socket.io to rooms of one. Judged is the servers' CPU for a frame.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Frame } from "@trunkline/desktop-client";
import { Server as SocketIo } from "socket.io";
import { WebSocket, WebSocketServer } from "ws";
import { hooksOf } from "../services/telephony/src/realtime/desktop.test-support.ts";
import { openDesktopHub } from "../services/telephony/src/realtime/desktop-hub.ts";
import { memoryMailbox } from "../services/telephony/src/realtime/memory-mailbox.ts";
import { alternate, type Contender, figuresOf, judge, perRound, type Result, type Slice } from "./harness.ts";
import type { BenchOptions } from "./options.ts";
import { offer, startWorker, type Worker } from "./worker.ts";

const SERVERS = ["trunkline", "ws", "socketio"] as const;
type Kind = (typeof SERVERS)[number];
const SOCKETS = 10_000;
/** Half of the sockets each, so that no process has too many descriptors. */
const CLIENTS = 2;
const OPEN_AT_ONCE = 200;
const DRAINED_MS = 30_000;

export async function fanOut(options: BenchOptions): Promise<Result> {
  await using stack = new AsyncDisposableStack();
  const sockets = options.sockets ?? SOCKETS;
  const contenders: Contender[] = [];
  for (const kind of SERVERS) {
    options.progress(`opening ${sockets} sockets to ${kind}`);
    const server = stack.use(startWorker(import.meta.url, `${kind} server`));
    const port = await server.ask<number>("listen", options.slowMs);
    const clients = Array.from({ length: CLIENTS }, (_, n) => stack.use(startWorker(import.meta.url, `${kind} client ${n}`)));
    const share = sockets / CLIENTS;
    await Promise.all(clients.map((client, n) => client.ask("open", port, n * share, share)));
    contenders.push({ name: kind, run: (ms) => flood(server, clients, sockets, ms) });
  }
  const plan = { rounds: options.rounds, slices: 2, sliceMs: options.sliceMs * 2, warmUpMs: 2_000 };
  const rounds = await alternate(contenders, plan, options.progress);
  const notes = [
    `${sockets} sockets in ${CLIENTS} processes; every frame that was sent came, in order; an operation is one frame to one socket`,
    "limit: ws, whose clients say the same hello, the same text to all, built beforehand; peer: socket.io, an event to each socket's room",
    "mailboxes in memory: with Redis a frame also costs one script there",
  ];
  return judge(
    { name: "fan-out", engine: "none", rounds: options.rounds, figures: figuresOf(rounds), notes },
    {
      cpu_vs_ws: { values: perRound(rounds, "cpuUsPerOp", "trunkline", "ws"), target: { atMost: 1.25 }, steady: true },
      cpu_vs_socketio: { values: perRound(rounds, "cpuUsPerOp", "trunkline", "socketio"), target: { atMost: 0.7 }, steady: true },
    },
  );
}

/** Rounds of one frame each, until the time is over and all has come. */
async function flood(server: Worker, clients: readonly Worker[], sockets: number, ms: number): Promise<Slice> {
  const cpu = await server.cpuUs();
  const began = performance.now();
  const rounds = await server.ask<number>("flood", ms);
  const got = await Promise.all(clients.map((client) => client.ask<number>("got", (rounds * sockets) / CLIENTS)));
  const ops = got.reduce((sum, one) => sum + one, 0);
  if (ops !== rounds * sockets) throw new Error(`${rounds * sockets} frames were sent, ${ops} came`);
  return { ops, wallMs: performance.now() - began, latenciesMs: new Float64Array(), cpuUs: (await server.cpuUs()) - cpu };
}

const padding = "x".repeat(80);
const frameOf = (n: number): Frame => ({ type: "call", key: `call:${n}`, revision: n, callId: padding, state: "talking" });

type Serving = { readonly port: number; readonly send: (n: number) => Promise<void> | void; readonly full: () => boolean };
const portOf = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
/** More unsent than this in any socket, and the next round waits. */
const FULL_BYTES = 64 * 1024;
const isFull = (sockets: Iterable<WebSocket>) => [...sockets].some(({ bufferedAmount }) => bufferedAmount > FULL_BYTES);

const LISTEN: Readonly<Record<Kind, () => Promise<Serving>>> = {
  async trunkline() {
    const mailbox = memoryMailbox();
    const agents: string[] = [];
    const hooks = hooksOf(mailbox);
    const hub = await openDesktopHub({ host: "127.0.0.1", port: 0 }, [], {
      ...hooks,
      verify: async (token) => {
        agents.push(`t1/${token}`);
        return { ...(await hooks.verify(token)), id: token, sessionEnd: Date.now() + 86_400_000 };
      },
    });
    const send = async (n: number) => {
      for (const agent of agents) await mailbox.put(agent, frameOf(n));
    };
    return { port: hub.port, send, full: () => false };
  },
  async ws() {
    const server = new WebSocketServer({ port: 0, perMessageDeflate: false });
    await once(server, "listening");
    server.on("connection", (socket) => socket.send('{"type":"welcome"}'));
    const text = JSON.stringify({ type: "frame", id: "1", frame: frameOf(1) });
    const send = () => {
      for (const socket of server.clients) socket.send(text);
    };
    return { port: portOf(server), send, full: () => isFull(server.clients) };
  },
  async socketio() {
    const http = createServer();
    const io = new SocketIo(http, { transports: ["websocket"], perMessageDeflate: false, serveClient: false });
    const rooms: string[] = [];
    io.on("connection", (socket) => {
      rooms.push(socket.id);
      socket.emit("welcome");
    });
    http.listen(0);
    await once(http, "listening");
    const send = (n: number) => {
      for (const room of rooms) io.to(room).emit("frame", { id: String(n), frame: frameOf(n) });
    };
    return { port: portOf(http), send, full: () => false };
  },
};

function serve(kind: Kind): void {
  let serving: Serving;
  let slow = 0;
  let n = 0;
  offer({
    async listen(slowMs: number) {
      slow = kind === "trunkline" ? slowMs : 0;
      serving = await LISTEN[kind]();
      return serving.port;
    },
    /** @returns rounds */
    async flood(ms: number) {
      const until = performance.now() + ms;
      let rounds = 0;
      do {
        await serving.send(++n);
        rounds += 1;
        const busy = performance.now() + slow;
        while (performance.now() < busy);
        // One turn for the sockets to be written, more while any is full.
        do await new Promise((resolve) => setTimeout(resolve, 20));
        while (serving.full());
      } while (performance.now() < until);
      return rounds;
    },
  });
}

/** Desktops that count. */
function listen(kind: Kind): void {
  let count = 0;
  let wanted = 0;
  let arrived = Promise.withResolvers<void>();
  const frame = kind === "socketio" ? '42["frame"' : '{"type":"frame"';
  const connect = (port: number, name: string) =>
    new Promise<void>((resolve, reject) => {
      const path = kind === "socketio" ? "/socket.io/?EIO=4&transport=websocket" : "/";
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false });
      socket.on("open", () => kind !== "socketio" && socket.send(JSON.stringify({ type: "hello", token: name })));
      socket.on("error", reject);
      socket.on("message", (data: Buffer) => {
        const text = data.toString("latin1");
        if (text.startsWith(frame)) {
          count += 1;
          if (count === wanted) arrived.resolve();
        } else if (text.startsWith("0{")) socket.send("40");
        else if (text === "2") socket.send("3");
        else if (text.includes("welcome")) resolve();
      });
    });
  offer({
    async open(port: number, from: number, share: number) {
      for (let at = 0; at < share; at += OPEN_AT_ONCE) {
        const few = Math.min(OPEN_AT_ONCE, share - at);
        await Promise.all(Array.from({ length: few }, (_, n) => connect(port, `a${from + at + n}`)));
      }
    },
    /** How many came since it was asked last, once so many have. */
    async got(frames: number) {
      wanted = frames;
      arrived = Promise.withResolvers();
      if (count < wanted) await Promise.race([arrived.promise, new Promise((resolve) => setTimeout(resolve, DRAINED_MS))]);
      const came = count;
      count = 0;
      wanted = 0;
      return came;
    },
  });
}

if (import.meta.main) {
  const [kind, role] = (process.argv[2] ?? "").split(" ");
  if (role === "server") serve(kind as Kind);
  else listen(kind as Kind);
}

import { createHash, randomInt } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { type EventClass, frameText, type Pair } from "./sim-frames.ts";

export type SimUser = { readonly user: string; readonly secret: string };

/** One action as received: the last of a repeated key counts. */
export type SimAction = ReadonlyMap<string, string>;

/**
 * What an action is answered with: a response, then perhaps a list, then what it causes. In a list the ActionID stands where the pair
 * ["ActionID", ""] is; in a response second.
 */
export type SimReply = {
  readonly response: readonly Pair[];
  readonly list?: readonly (readonly Pair[])[];
  readonly effect?: () => void;
};

export type SimServer = AsyncDisposable & {
  readonly port: number;
  event(eventClass: EventClass, name: string, pairs: readonly Pair[]): void;
  sendRaw(bytes: Uint8Array | string): void;
  dropConnections(): void;
  /** Logged-in clients. */
  clients(): number;
  /** Actions received since the start, log-ins left out. */
  received(): readonly SimAction[];
};

const MAX_ACTION = 65_536;
const MAX_UNSENT = 64 * 1024 * 1024;
const MAX_REMEMBERED = 10_000;

type Client = {
  readonly socket: Socket;
  text: string;
  loggedIn: boolean;
  challenge: string;
  /** Empty: none. */
  classes: ReadonlySet<string> | "all";
};

const GREETING = "Asterisk Call Manager/11.0.0\r\n";

export function success(message: string): SimReply {
  return {
    response: [
      ["Response", "Success"],
      ["Message", message],
    ],
  };
}

export function failure(message: string): SimReply {
  return {
    response: [
      ["Response", "Error"],
      ["Message", message],
    ],
  };
}

function parseAction(text: string): SimAction {
  const pairs = text.split("\r\n").flatMap((line) => {
    const at = line.indexOf(":");
    return at < 0 ? [] : [[line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()] as const];
  });
  return new Map(pairs);
}

function classesOf(mask: string): Client["classes"] {
  if (mask === "" || mask === "on" || mask === "all") return "all";
  return mask === "off" ? new Set() : new Set(mask.split(",").map((part) => part.trim()));
}

function logIn(client: Client, action: SimAction, users: readonly SimUser[]): SimReply | undefined {
  const user = users.find((one) => one.user === action.get("username"));
  const md5 = action.get("authtype")?.toLowerCase() === "md5";
  const key =
    user &&
    createHash("md5")
      .update(client.challenge + user.secret)
      .digest("hex");
  const right = user !== undefined && (md5 ? client.challenge !== "" && action.get("key") === key : action.get("secret") === user.secret);
  if (!right) return undefined;
  client.loggedIn = true;
  client.classes = classesOf(action.get("events") ?? "on");
  return success("Authentication accepted");
}

function respond(client: Client, { response, list = [], effect }: SimReply, id: string): void {
  const [first, ...rest] = response;
  if (first !== undefined) client.socket.write(frameText(id === "" ? response : [first, ["ActionID", id], ...rest]));
  for (const pairs of list) {
    client.socket.write(frameText(pairs.flatMap((pair) => (pair[0] !== "ActionID" ? [pair] : id === "" ? [] : [["ActionID", id]]))));
  }
  effect?.();
}

type Port = {
  readonly options: SimServerOptions;
  readonly clients: Set<Client>;
  readonly received: SimAction[];
};

export type SimServerOptions = {
  readonly port: number;
  readonly users: readonly SimUser[];
  readonly handle: (action: SimAction) => SimReply;
  /** Events that a real PBX sends to the one who has just logged in. */
  readonly welcome: () => readonly (readonly [EventClass, string, readonly Pair[]])[];
  /** The `Timestamp` line, or nothing. */
  readonly stamp: () => readonly Pair[];
};

function eventFrame(port: Port, eventClass: EventClass, name: string, pairs: readonly Pair[]): string {
  return frameText([["Event", name], ["Privilege", `${eventClass},all`], ...port.options.stamp(), ...pairs]);
}

function wants(client: Client, eventClass: EventClass): boolean {
  return client.loggedIn && (client.classes === "all" || client.classes.has(eventClass));
}

function logInAndWelcome(port: Port, client: Client, action: SimAction, id: string): void {
  const reply = logIn(client, action, port.options.users);
  respond(client, reply ?? failure("Authentication failed"), id);
  if (reply === undefined) client.socket.end();
  else {
    for (const [eventClass, event, pairs] of port.options.welcome()) {
      if (wants(client, eventClass)) client.socket.write(eventFrame(port, eventClass, event, pairs));
    }
  }
}

function setEvents(client: Client, mask: string): SimReply {
  client.classes = classesOf(mask);
  const on = client.classes === "all" || client.classes.size > 0;
  return {
    response: [
      ["Response", "Success"],
      ["Events", on ? "On" : "Off"],
    ],
  };
}

function act(port: Port, client: Client, action: SimAction): void {
  const id = action.get("actionid") ?? "";
  const name = action.get("action")?.toLowerCase() ?? "";
  if (name === "challenge") {
    client.challenge = String(randomInt(100_000_000, 999_999_999));
    respond(
      client,
      {
        response: [
          ["Response", "Success"],
          ["Challenge", client.challenge],
        ],
      },
      id,
    );
  } else if (name === "login") logInAndWelcome(port, client, action, id);
  else if (!client.loggedIn) respond(client, failure("Permission denied"), id);
  else {
    if (port.received.push(action) > MAX_REMEMBERED) port.received.shift();
    if (name === "logoff") {
      respond(
        client,
        {
          response: [
            ["Response", "Goodbye"],
            ["Message", "Thanks for all the fish."],
          ],
        },
        id,
      );
      client.socket.end();
    } else if (name === "events") respond(client, setEvents(client, action.get("eventmask") ?? "on"), id);
    else respond(client, port.options.handle(action), id);
  }
}

function accept(port: Port, socket: Socket): void {
  const client: Client = { socket, text: "", loggedIn: false, challenge: "", classes: new Set() };
  port.clients.add(client);
  socket.setNoDelay(true);
  socket.write(GREETING);
  socket.on("data", (chunk: Buffer) => {
    client.text += chunk.toString("utf8");
    for (let end = client.text.indexOf("\r\n\r\n"); end >= 0; end = client.text.indexOf("\r\n\r\n")) {
      const action = client.text.slice(0, end);
      client.text = client.text.slice(end + 4);
      if (!socket.destroyed) act(port, client, parseAction(action));
    }
    if (client.text.length > MAX_ACTION) socket.destroy();
  });
  socket.on("error", () => undefined);
  socket.on("close", () => port.clients.delete(client));
}

function broadcast(port: Port, eventClass: EventClass, name: string, pairs: readonly Pair[]): void {
  let bytes: Buffer | undefined;
  for (const client of port.clients) {
    if (!wants(client, eventClass)) continue;
    bytes ??= Buffer.from(eventFrame(port, eventClass, name, pairs));
    client.socket.write(bytes);
    if (client.socket.writableLength > MAX_UNSENT) client.socket.destroy();
  }
}

/** The manager port: log-in, event masks and the writing of frames; what actions do is `handle`'s. */
export async function startSimServer(options: SimServerOptions): Promise<SimServer> {
  const port: Port = { options, clients: new Set(), received: [] };
  const { clients } = port;
  const server = createServer((socket) => accept(port, socket));
  server.listen(options.port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    event: (eventClass, name, pairs) => broadcast(port, eventClass, name, pairs),
    sendRaw: (bytes) => {
      for (const client of clients) if (client.loggedIn) client.socket.write(bytes);
    },
    dropConnections: () => {
      for (const client of clients) client.socket.destroy();
    },
    clients: () => [...clients].filter((client) => client.loggedIn).length,
    received: () => port.received,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      for (const client of clients) client.socket.destroy();
      await closed;
    },
  };
}

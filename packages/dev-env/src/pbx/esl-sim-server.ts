import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { EslResult } from "./esl-sim-commands.ts";

/** A client of the event socket that has logged in. */
export type EslClient = { event(name: string, headers: Readonly<Record<string, string>>): void };

export type EslServerOptions = {
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number | undefined;
  readonly secret: () => string;
  /** "silence": no reply at all. */
  readonly handle: (command: string) => EslResult | "silence";
  /** Headers of a BACKGROUND_JOB event. */
  readonly jobDone: (headers: Readonly<Record<string, string>>) => Record<string, string>;
  readonly opened: (client: EslClient) => void;
  readonly closed: (client: EslClient) => void;
};

/** mod_event_socket as far as an inbound client sees it, with whoever is behind it decided by the options. */
export type EslServer = AsyncDisposable & {
  readonly port: number;
  /** Cuts every socket, and lets none in until the result is called. */
  cut(): () => void;
  /** Bytes as they are, to everybody. */
  sendRaw(text: string): void;
};

const MAX_COMMAND = 65_536;

function frame(type: string, body: string): string {
  return `Content-Length: ${Buffer.byteLength(body)}\nContent-Type: ${type}\n\n${body}`;
}

function reply(text: string): string {
  return `Content-Type: command/reply\nReply-Text: ${text}\n\n`;
}

type Listener = { readonly socket: Socket; readonly events: Set<string>; authed: boolean; client: EslClient };

function run(options: EslServerOptions, listener: Listener, command: string, job: string | undefined): void {
  const result = options.handle(command);
  if (result === "silence") return;
  const write = (text: string) => listener.socket.writable && listener.socket.write(text);
  const tell = (text: string) => {
    if (job === undefined) return void write(frame("api/response", text));
    const [name = ""] = command.split(" ", 1);
    const headers = options.jobDone({ "Job-UUID": job, "Job-Command": name, "Job-Command-Arg": command.slice(name.length + 1) });
    const body = { ...headers, "Content-Length": String(Buffer.byteLength(text)), _body: text };
    if (listener.events.has("BACKGROUND_JOB")) write(frame("text/event-json", JSON.stringify(body)));
  };
  if (job !== undefined) write(`Content-Type: command/reply\nReply-Text: +OK Job-UUID: ${job}\nJob-UUID: ${job}\n\n`);
  if (typeof result.text === "string") tell(result.text);
  else void result.text.then(tell);
  result.effect?.();
}

/** @returns whether the connection goes on */
function obey(options: EslServerOptions, listener: Listener, text: string): boolean {
  const [line = "", ...more] = text.split("\n");
  const { socket } = listener;
  const [word = ""] = line.split(" ", 1);
  const rest = line.slice(word.length + 1);
  if (!listener.authed) {
    listener.authed = word === "auth" && rest === options.secret();
    socket.write(reply(listener.authed ? "+OK accepted" : "-ERR invalid"));
    return listener.authed;
  }
  if (word === "event") {
    for (const name of rest.split(" ").slice(1)) listener.events.add(name);
    socket.write(reply("+OK event listener enabled json"));
    options.opened(listener.client);
  } else if (word === "api") run(options, listener, rest, undefined);
  else if (word === "bgapi") run(options, listener, rest, /^Job-UUID: (.*)$/m.exec(more.join("\n"))?.[1] ?? "none");
  else socket.write(reply("-ERR command not found"));
  return word !== "exit";
}

function serve(options: EslServerOptions, socket: Socket): Listener {
  const events = new Set<string>();
  const listener: Listener = {
    socket,
    events,
    authed: false,
    client: {
      event: (name, headers) => {
        if (events.has(name) && socket.writable) socket.write(frame("text/event-json", JSON.stringify(headers)));
      },
    },
  };
  let waiting = "";
  socket.setEncoding("utf8");
  socket.setNoDelay(true);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: string) => {
    waiting += chunk;
    if (waiting.length > MAX_COMMAND) socket.destroy();
    for (let end = waiting.indexOf("\n\n"); end >= 0; end = waiting.indexOf("\n\n")) {
      const command = waiting.slice(0, end);
      waiting = waiting.slice(end + 2);
      if (!obey(options, listener, command)) return void socket.end(frame("text/disconnect-notice", "Disconnected, goodbye.\n"));
    }
  });
  socket.write("Content-Type: auth/request\n\n");
  return listener;
}

export async function startEslServer(options: EslServerOptions): Promise<EslServer> {
  const listeners = new Set<Listener>();
  let away = false;
  const server = createServer((socket) => {
    if (away) return void socket.destroy();
    const listener = serve(options, socket);
    listeners.add(listener);
    socket.on("close", () => {
      listeners.delete(listener);
      options.closed(listener.client);
    });
  });
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    away = true;
    for (const { socket } of listeners) socket.destroy();
    return () => {
      away = false;
    };
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    sendRaw: (text) => {
      for (const { socket } of listeners) socket.write(text);
    },
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
    },
  };
}

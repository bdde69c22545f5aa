import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";

/** Below /ari; `path` has the query with it. */
export type AriRequest = { readonly method: string; readonly path: string; readonly body: unknown; readonly authorization: string };

export type AriReply = {
  readonly status: number;
  readonly body?: unknown;
  /** Happens once the reply is out, before anything else is read. */
  readonly effect?: (() => void) | undefined;
};

/** One client's event socket. */
export type AriSocket = { send(text: string): void; cut(): void };

export type AriServerOptions = {
  /** On 127.0.0.1; default: a free one. */
  readonly port?: number | undefined;
  readonly admits: (authorization: string) => boolean;
  /** "silence": no reply at all. */
  readonly handle: (request: AriRequest) => AriReply | "silence";
  /** A client asks for events; let in or not. */
  readonly asked?: (request: Omit<AriRequest, "method" | "body">) => void;
  readonly opened: (socket: AriSocket, path: string) => void;
  readonly closed?: (socket: AriSocket) => void;
  /** Whether a ping is answered. */
  readonly pongs?: () => boolean;
};

/** HTTP and event sockets as the REST interface of an Asterisk has them, with whoever is behind it decided by the options. */
export type AriServer = AsyncDisposable & {
  /** http://127.0.0.1:port/ari */
  readonly url: string;
  /** Cuts every socket and every kept connection; nobody gets another one until the result is called. */
  cut(): () => void;
};

const MAX_BODY = 65_536;

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  let text = "";
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY) throw new Error("the body of a request is too long");
  }
  return text === "" ? undefined : JSON.parse(text);
}

function headOf({ url = "", headers }: IncomingMessage): Omit<AriRequest, "method" | "body"> {
  return { path: url.replace(/^\/ari/, ""), authorization: headers.authorization ?? "" };
}

function serve(options: AriServerOptions): ReturnType<typeof createServer> {
  return createServer((incoming, outgoing) => {
    const answer = ({ status, body, effect }: AriReply): void => {
      const sound = Buffer.isBuffer(body);
      outgoing.writeHead(status, { "content-type": sound ? "audio/wav" : "application/json" });
      outgoing.end(sound ? body : body === undefined ? "" : JSON.stringify(body));
      effect?.();
    };
    void bodyOf(incoming).then(
      (body) => {
        const request = { method: incoming.method ?? "", body, ...headOf(incoming) };
        const reply = options.admits(request.authorization)
          ? options.handle(request)
          : { status: 401, body: { error: "Authentication required" } };
        if (reply !== "silence") answer(reply);
      },
      () => answer({ status: 400, body: { message: "Invalid JSON" } }),
    );
  });
}

export async function startAriServer(options: AriServerOptions): Promise<AriServer> {
  const clients = new Set<WebSocket>();
  let away = false;
  const server = serve(options);
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  server.on("upgrade", (request, socket, head) => {
    const { path, authorization } = headOf(request);
    options.asked?.({ path, authorization });
    if (!options.admits(authorization)) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (client) => {
      const one: AriSocket = {
        send: (text) => client.readyState === WebSocket.OPEN && client.send(text),
        cut: () => client.terminate(),
      };
      clients.add(client);
      client.on("error", () => undefined);
      client.on("ping", (data) => (options.pongs?.() ?? true) && client.pong(data));
      client.on("close", () => {
        clients.delete(client);
        options.closed?.(one);
      });
      options.opened(one, path);
    });
  });
  server.on("connection", (socket) => away && socket.destroy());
  server.listen(options.port ?? 0, "127.0.0.1");
  await once(server, "listening");
  const cut = () => {
    away = true;
    for (const client of clients) client.terminate();
    server.closeAllConnections();
    return () => {
      away = false;
    };
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ari`,
    cut,
    [Symbol.asyncDispose]: async () => {
      cut();
      server.close();
    },
  };
}

import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { CALL_VERBS, type World, type WorldCall } from "./world.ts";

const MAX_BODY = 10_000;
const MAX_CALLS = 10_000;

/** Lets `npm run demo` use the telephones of a running `npm start`: loopback only, development only. */
export async function serveWorld(world: World): Promise<{ readonly url: string } & AsyncDisposable> {
  const calls = new Map<string, WorldCall>();
  const answer = async (path: string, body: string): Promise<unknown> => {
    if (path === "/sms") return world.sms();
    if (path === "/mails") return world.mails();
    const [, kind, id = "", verb] = path.split("/");
    const { tenant = "", from = "", queue = "", argument = "" } = JSON.parse(body || "{}") as Record<string, string>;
    if (kind === "calls" && id === "") {
      const name = String(calls.size + 1);
      if (calls.size >= MAX_CALLS) calls.clear();
      calls.set(name, await (queue === "" ? world.placeCall(tenant, from) : world.placeRoutedCall(tenant, from, queue)));
      return { id: name };
    }
    const call = calls.get(id);
    const known = CALL_VERBS.find((one) => one === verb);
    if (!call || !known) throw new Error(`nothing is known of ${path}`);
    await (call[known] as (argument: string) => Promise<void>)(argument);
    return {};
  };
  const server = createServer((request, response) => {
    text(request)
      .then((body) => answer(request.url ?? "", body))
      .then(
        (result) => response.end(JSON.stringify(result)),
        (error: unknown) => response.writeHead(400).end(JSON.stringify({ message: String(error) })),
      );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function text(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > MAX_BODY) throw new Error("too long");
  }
  return body;
}

/** The telephones of another process's `npm start`. */
export function remoteWorld(url: string): World {
  const post = async <T>(path: string, body: object = {}): Promise<T> => {
    const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body), signal: AbortSignal.timeout(10_000) });
    const answer = (await response.json()) as T & { message?: string };
    if (!response.ok) throw new Error(answer.message ?? path);
    return answer;
  };
  const place = async (call: object): Promise<WorldCall> => {
    const { id } = await post<{ id: string }>("/calls", call);
    const say =
      (verb: (typeof CALL_VERBS)[number]) =>
      (argument = "") =>
        post<void>(`/calls/${id}/${verb}`, { argument });
    return {
      ring: say("ring"),
      answer: say("answer"),
      hold: say("hold"),
      unhold: say("unhold"),
      transfer: say("transfer"),
      hangUp: say("hangUp"),
    };
  };
  return {
    placeCall: (tenant, from) => place({ tenant, from }),
    placeRoutedCall: (tenant, from, queue) => place({ tenant, from, queue }),
    sms: () => post("/sms"),
    mails: () => post("/mails"),
  };
}

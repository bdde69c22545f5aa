import { type DescMethod, getOption, type Message } from "@bufbuild/protobuf";
import { type ConnectRouter, createContextKey, type HandlerContext } from "@connectrpc/connect";
import type { UniversalHandler, UniversalHandlerFn } from "@connectrpc/connect/protocol";
import { DomainError } from "@trunkline/errors";
import { permission } from "@trunkline/proto";
import { type Client, createClient, type Tls } from "@trunkline/rpc";
import type { GatewayConfig } from "../config.ts";
import { clientServices } from "./client-services.ts";
import { toConnectError } from "./connect-error.ts";

/** From where a client calls; log-in counts its tries by it. Personal: it goes into no log. */
export const CLIENT_ADDRESS = createContextKey("", { description: "address of the client" });

/** @throws DomainError unauthenticated token_missing */
export function userTokenOf(authorization: string | null | undefined): string {
  const [scheme, userToken] = (authorization ?? "").split(" ");
  if (scheme === "Bearer" && userToken) return userToken;
  throw new DomainError(
    "unauthenticated",
    "token_missing",
    "log in with SessionService/LogIn and send its access token as Authorization: Bearer <token>",
  );
}

type UnaryCall = (request: Message, options: object) => Promise<Message>;

/** Connect JSON in front of the gRPC services: the same messages, the user's own token, nothing decided here. */
export function connectRoutes(
  config: GatewayConfig,
  token: () => Promise<string>,
  tls: Tls | undefined,
  stack: AsyncDisposableStack,
): (router: ConnectRouter) => void {
  const routes = clientServices(config).map(({ service, address }) => {
    const client = stack.use(createClient(service, { address, token, deadlineMs: config.deadlineMs, waitForPeer: true, tls }));
    // What comes in pieces has a page of its own: see recording-routes.
    const unary = service.methods.filter(({ methodKind }) => methodKind === "unary");
    return { service, methods: Object.fromEntries(unary.map((method) => [method.localName, forward(client, method)])) };
  });
  return (router) => {
    for (const { service, methods } of routes) router.service(service, methods as never);
    // The list is what the router goes by.
    const handlers = router.handlers as UniversalHandler[];
    handlers.splice(0, handlers.length, ...handlers.map(asCallersFault));
  };
}

const UNREADABLE = JSON.stringify({ code: "invalid_argument", message: "the body is not the message of this method" });

/** The library takes bytes that are no such message for a fault of its own; every error of ours has its code in a header. */
function asCallersFault(handler: UniversalHandler): UniversalHandler {
  const handle: UniversalHandlerFn = async (request) => {
    const answer = await handler(request);
    const binary = request.header.get("content-type")?.startsWith("application/proto") === true;
    if (answer.status !== 500 || !binary || answer.header?.has("trunkline-code")) return answer;
    return { status: 400, header: new Headers({ "content-type": "application/json" }), body: once(UNREADABLE) };
  };
  return Object.assign(handle, handler);
}

async function* once(text: string): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode(text);
}

function forward(client: Client<never>, method: DescMethod) {
  const call = (client as unknown as Record<string, UnaryCall>)[method.localName] as UnaryCall;
  const open = getOption(method, permission) === "public";
  return async (request: Message, { requestHeader, signal, values }: HandlerContext): Promise<Message> => {
    try {
      const address = values.get(CLIENT_ADDRESS);
      return await call(request, {
        signal,
        address,
        ...(open ? {} : { userToken: userTokenOf(requestHeader.get("authorization")) }),
      });
    } catch (error) {
      throw toConnectError(error);
    }
  };
}

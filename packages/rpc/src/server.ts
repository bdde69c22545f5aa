import type { Message } from "@bufbuild/protobuf";
import { type handleUnaryCall, Server, type UntypedServiceImplementation } from "@grpc/grpc-js";
import { handlerFor, type OpenStreams } from "./handle-call.ts";
import { addHealth, addReflection, type HealthControl } from "./health.ts";
import { servedDefinition, type Unread } from "./method-definition.ts";
import { serveNear } from "./near-call.ts";
import { DRAIN_MS, MAX_MESSAGE_BYTES, type ServeRpcOptions } from "./serve-options.ts";
import { serverCredentials } from "./tls.ts";

const CONNECTION_AGE_MS = 120_000;
/** Longer than the longest stream, the download of a recording. */
const CONNECTION_GRACE_MS = 180_000;

export type RpcServer = { readonly address: string } & AsyncDisposable;

/** Serves the implementations with health, and with reflection where it is wanted. Disposal answers what is under way, then ends within 10 s. */
export async function serveRpc(options: ServeRpcOptions): Promise<RpcServer> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc-node.max_session_memory": 64,
    // A client looks its peers up again when a connection ends: so that instances that were added get their part.
    "grpc.max_connection_age_ms": CONNECTION_AGE_MS,
    "grpc.max_connection_age_grace_ms": CONNECTION_GRACE_MS,
    // Counters for a debugging protocol that nothing here asks; /metrics has ours.
    "grpc.enable_channelz": 0,
  });
  const streams: OpenStreams = new Set();
  const unary: Parameters<typeof serveNear>[1][number][] = [];
  for (const { methods } of options.services) {
    const definition = Object.fromEntries(methods.map(({ method }) => [method.localName, servedDefinition(method)]));
    const handlers = methods.map((served) => [served.method.localName, handlerFor(served, options, streams)] as const);
    server.addService(definition, Object.fromEntries(handlers) as UntypedServiceImplementation);
    unary.push(
      ...methods.flatMap(({ method }, n) =>
        method.methodKind === "unary" ? [{ method, handle: handlers[n]?.[1] as handleUnaryCall<Unread, Message> }] : [],
      ),
    );
  }
  const health = addHealth(
    server,
    options.services.map(({ service }) => service.typeName),
  );
  if (options.reflection)
    addReflection(
      server,
      options.services.map(({ service }) => service),
    );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${options.port}`, serverCredentials(options.tls), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  const address = `${options.host}:${port}`;
  const near = options.near ? serveNear(address, unary) : undefined;
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([near?.close(), stop(server, health, streams)]);
    },
  };
}

/** Says "not serving" first, answers what has come, and cuts what is left after 10 s. */
async function stop(server: Server, health: HealthControl, streams: OpenStreams): Promise<void> {
  health.stopServing();
  for (const end of [...streams]) end();
  const overdue = setTimeout(() => server.forceShutdown(), DRAIN_MS);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(overdue);
}

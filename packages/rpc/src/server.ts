import { create, type DescMessage, fromBinary, type Message, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { handleServerStreamingCall, handleUnaryCall, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { type MethodDefinition, Server, ServerCredentials, type UntypedServiceImplementation } from "@grpc/grpc-js";
import type { TokenVerifier } from "@trunkline/auth";
import { isDomainError, toDomainError } from "@trunkline/errors";
import type { Clock, Logger } from "@trunkline/runtime";
import { authenticate, callContext, validate } from "./admission.ts";
import { addHealth, addReflection, type HealthControl } from "./health.ts";
import type { CallContext, Implementation, ServedMethod } from "./implement.ts";
import { toServiceStatus } from "./status.ts";
import { traced } from "./telemetry.ts";

/** A call without a deadline of its own gets this one. */
const DEFAULT_DEADLINE_MS = 30_000;
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
const DRAIN_MS = 10_000;

export type AuditEntry = { method: string; actor: string; tenant: string; code: string; at: number };

export type ServeRpcOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly services: readonly Implementation[];
  readonly verifyToken: TokenVerifier;
  readonly log: Logger;
  readonly now: Clock;
  /** Stores the audit row of an audited call; awaited before the reply. */
  readonly audit: (entry: AuditEntry) => Promise<void>;
};

export type RpcServer = { readonly address: string } & AsyncDisposable;

/** Serves the implementations with health and reflection. Disposal answers what is under way, then ends within 10 s. */
export async function serveRpc(options: ServeRpcOptions): Promise<RpcServer> {
  const server = new Server({
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.max_send_message_length": MAX_MESSAGE_BYTES,
    "grpc-node.max_session_memory": 64,
    // Counters for a debugging protocol that nothing here asks; /metrics has ours.
    "grpc.enable_channelz": 0,
  });
  for (const { methods } of options.services) {
    const definition = Object.fromEntries(methods.map((served) => [served.method.localName, methodDefinition(served)]));
    const handlers = methods.map((served) => [served.method.localName, handlerFor(served, options)] as const);
    server.addService(definition, Object.fromEntries(handlers) as UntypedServiceImplementation);
  }
  const health = addHealth(
    server,
    options.services.map(({ service }) => service.typeName),
  );
  addReflection(
    server,
    options.services.map(({ service }) => service.file),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`${options.host}:${options.port}`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { address: `${options.host}:${port}`, [Symbol.asyncDispose]: () => stop(server, health) };
}

/** Says "not serving" first, answers what has come, and cuts what is left after 10 s. */
async function stop(server: Server, health: HealthControl): Promise<void> {
  health.stopServing();
  const overdue = setTimeout(() => server.forceShutdown(), DRAIN_MS);
  await new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  clearTimeout(overdue);
}

/** How grpc-js sees one method of the contract: raw bytes in, messages out. */
export function methodDefinition({ method }: Pick<ServedMethod, "method">): MethodDefinition<Message, Message> {
  const serialize = (schema: DescMessage) => (message: Message) => {
    const bytes = toBinary(schema, message);
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  const deserialize = (schema: DescMessage) => (bytes: Buffer) => fromBinary(schema, bytes);
  return {
    path: `/${method.parent.typeName}/${method.name}`,
    requestStream: false,
    responseStream: method.methodKind === "server_streaming",
    requestSerialize: serialize(method.input),
    requestDeserialize: deserialize(method.input),
    responseSerialize: serialize(method.output),
    responseDeserialize: deserialize(method.output),
  };
}

function handlerFor(
  served: ServedMethod,
  options: ServeRpcOptions,
): handleUnaryCall<Message, Message> | handleServerStreamingCall<Message, Message> {
  const output = served.method.output;
  const init = (value: unknown) => create(output, value as MessageInitShape<typeof output>);
  if (served.method.methodKind === "server_streaming") {
    return (call: ServerWritableStream<Message, Message>) => {
      admitted(served, call, options, async (context) => {
        const answers = served.handler(call.request, context) as AsyncIterable<unknown>;
        for await (const answer of answers) {
          if (context.signal.aborted) return;
          if (!call.write(init(answer))) await writable(call, context.signal);
        }
        call.end();
      }).catch((error: unknown) => call.emit("error", answerTo(error, served, options.log)));
    };
  }
  return (call: ServerUnaryCall<Message, Message>, callback) => {
    admitted(served, call, options, async (context) => init(await (served.handler(call.request, context) as Promise<unknown>))).then(
      (reply) => callback(null, reply),
      (error: unknown) => callback(answerTo(error, served, options.log)),
    );
  };
}

/** A stream ends when its caller leaves, so a writer never waits for someone who has gone. */
function writable(call: ServerWritableStream<Message, Message>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      call.off("drain", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    call.once("drain", done);
    signal.addEventListener("abort", done, { once: true });
  });
}

type AnyCall = ServerUnaryCall<Message, Message> | ServerWritableStream<Message, Message>;

async function admitted<T>(
  served: ServedMethod,
  call: AnyCall,
  options: ServeRpcOptions,
  work: (context: CallContext) => Promise<T>,
): Promise<T> {
  const name = `${served.method.parent.typeName}/${served.method.name}`;
  return traced(
    name,
    call.metadata,
    (error) => toDomainError(error).code,
    async () => {
      const principal = await authenticate(call.metadata, served.permission, options.verifyToken, options.now());
      validate(served.method.input, call.request);
      const context = callContext(served, call.request, {
        metadata: call.metadata,
        principal,
        deadline: deadlineOf(call),
        signal: signalOf(call as ServerUnaryCall<Message, Message>),
      });
      if (!served.audited) return work(context);
      return audited(name, context, options, () => work(context));
    },
  );
}

/** The signal is made for whoever asks; few do, and grpc-js says "cancelled" at the end of every call. */
function signalOf(call: ServerUnaryCall<Message, Message>): () => AbortSignal {
  let gone: AbortController | undefined;
  return () => {
    if (gone) return gone.signal;
    const made = new AbortController();
    gone = made;
    if (call.cancelled) made.abort();
    else call.once("cancelled", () => made.abort());
    return made.signal;
  };
}

async function audited<T>(method: string, context: CallContext, options: ServeRpcOptions, work: () => Promise<T>): Promise<T> {
  const entry = { method, actor: context.actor, tenant: context.tenant, at: options.now() };
  try {
    const reply = await work();
    await options.audit({ ...entry, code: "ok" });
    return reply;
  } catch (error) {
    if (isDomainError(error)) await options.audit({ ...entry, code: error.code });
    throw error;
  }
}

function deadlineOf(call: AnyCall): number {
  const deadline = call.getDeadline();
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(at) ? at : Date.now() + DEFAULT_DEADLINE_MS;
}

/** What was foreseen is answered as it is; anything else is logged once and hidden. */
function answerTo(error: unknown, served: ServedMethod, log: Logger) {
  if (!isDomainError(error)) log.error({ err: error, method: served.method.name }, "a call failed in a way nobody foresaw");
  return toServiceStatus(error);
}

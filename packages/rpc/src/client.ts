import {
  create,
  type DescMethod,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type DescService,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Client as GrpcClient, Metadata, type ServiceError } from "@grpc/grpc-js";
import { SpanStatusCode } from "@opentelemetry/api";
import { DomainError } from "@trunkline/errors";
import type { CallScope } from "@trunkline/runtime";
import { ADDRESS_HEADER, CAUSATION_HEADER, CORRELATION_HEADER, TENANT_HEADER, USER_TOKEN_HEADER } from "./admission.ts";
import { methodDefinition } from "./method-definition.ts";
import { nearMethod, startNear } from "./near-call.ts";
import { MAX_MESSAGE_BYTES } from "./serve-options.ts";
import { fromStatus } from "./status.ts";
import { startClientSpan } from "./telemetry.ts";
import { clientCredentials, TLS_OPTIONS, type Tls } from "./tls.ts";
import { startUnary } from "./unary-call.ts";

/** How one call is made. */
export type CallOptions = {
  /** On whose behalf; its deadline, where it has one, bounds ours. */
  readonly scope?: Pick<CallScope, "tenant" | "correlation" | "causation"> & { readonly deadline?: number };
  readonly tenant?: string;
  readonly userToken?: string;
  /** From where the user calls, as whoever carries users knows it. */
  readonly address?: string;
  /** Overrides the client's deadline. */
  readonly deadlineMs?: number;
  readonly signal?: AbortSignal;
};

type Method<M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (request: MessageInitShape<I>, options?: CallOptions) => Promise<MessageShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (request: MessageInitShape<I>, options?: CallOptions) => AsyncIterable<MessageShape<O>>
      : never;

export type Client<S extends DescService> = { readonly [K in keyof S["method"]]: Method<S["method"][K]> } & AsyncDisposable;

export type ClientOptions = {
  readonly address: string;
  /** The caller's own token; undefined calls without one (public methods). */
  readonly token: (() => Promise<string>) | undefined;
  /** Of the user whom all calls carry; one call may name another. */
  readonly userToken?: () => Promise<string>;
  /** Each call ends within this many milliseconds. */
  readonly deadlineMs: number;
  /** A peer that cannot be reached is waited for until the deadline, as for people while it is restarted. Default: that is `unavailable` at once. */
  readonly waitForPeer?: boolean;
  readonly tls?: Tls | undefined;
};

/** Over all instances that the name leads to (a headless Service names each pod); the first one alone would get everything otherwise. */
const ROUND_ROBIN = JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] });

/**
 * A typed client. Calls go to all instances in turn. They fail with the DomainError that the peer threw; a peer that cannot be reached is `unavailable`.
 * Nothing is retried here: who calls knows whether a second try is harmless.
 */
export function createClient<S extends DescService>(service: S, options: ClientOptions): Client<S> {
  const channel = new GrpcClient(options.address, clientCredentials(options.tls), {
    ...(options.tls ? TLS_OPTIONS : {}),
    "grpc.service_config": ROUND_ROBIN,
    "grpc.initial_reconnect_backoff_ms": 100,
    "grpc.max_reconnect_backoff_ms": 2_000,
    "grpc.max_receive_message_length": MAX_MESSAGE_BYTES,
    "grpc.enable_channelz": 0,
  });
  const methods = service.methods.map((method) => [
    method.localName,
    method.methodKind === "server_streaming" ? streaming(channel, method, options) : unary(channel, method, options),
  ]);
  return {
    ...Object.fromEntries(methods),
    [Symbol.asyncDispose]: async () => channel.close(),
  } as Client<S>;
}

function unary(channel: GrpcClient, method: DescMethod, options: ClientOptions) {
  const definition = methodDefinition(method);
  return async (request: MessageInitShape<typeof method.input>, call: CallOptions = {}): Promise<Message> => {
    const message = create(method.input, request);
    const metadata = await metadataFor(options, call);
    const span = startClientSpan(definition.path, metadata);
    return new Promise<Message>((resolve, reject) => {
      const one = { method: definition, message, metadata, deadline: deadline(options, call) };
      const near = nearMethod(options.address, definition.path);
      const start: typeof startUnary = near ? (_channel, call, done) => startNear(near, call, done) : startUnary;
      const cancel = start(channel, one, (answer, reply) => {
        call.signal?.removeEventListener("abort", cancel);
        if (!reply) span.setStatus({ code: SpanStatusCode.ERROR });
        span.end();
        if (reply) resolve(reply);
        else reject(fromStatus(answer));
      });
      call.signal?.addEventListener("abort", cancel, { once: true });
      if (call.signal?.aborted) cancel();
    });
  };
}

function streaming(channel: GrpcClient, method: DescMethod, options: ClientOptions) {
  const definition = methodDefinition(method);
  return async function* (request: MessageInitShape<typeof method.input>, call: CallOptions = {}): AsyncIterable<Message> {
    const metadata = await metadataFor(options, call);
    const span = startClientSpan(definition.path, metadata);
    const stream = channel.makeServerStreamRequest(
      definition.path,
      definition.requestSerialize,
      definition.responseDeserialize,
      create(method.input, request),
      metadata,
      { deadline: deadline(options, call) },
    );
    const cancel = () => stream.cancel();
    call.signal?.addEventListener("abort", cancel, { once: true });
    if (call.signal?.aborted) cancel();
    try {
      for await (const message of stream) yield message as Message;
    } catch (error) {
      throw fromStatus(error as ServiceError);
    } finally {
      call.signal?.removeEventListener("abort", cancel);
      stream.cancel();
      span.end();
    }
  };
}

function deadline(options: ClientOptions, call: CallOptions): number {
  const own = Date.now() + (call.deadlineMs ?? options.deadlineMs);
  return Math.min(own, call.scope?.deadline ?? own);
}

async function metadataFor(options: ClientOptions, call: CallOptions): Promise<Metadata> {
  const metadata = new Metadata({ waitForReady: options.waitForPeer ?? false });
  if (options.token) metadata.set("authorization", `Bearer ${await options.token()}`);
  const user = call.userToken ?? (await options.userToken?.());
  if (user) metadata.set(USER_TOKEN_HEADER, user);
  if (call.address) metadata.set(ADDRESS_HEADER, call.address);
  const tenant = call.scope?.tenant ?? call.tenant;
  if (tenant) metadata.set(TENANT_HEADER, tenant);
  if (call.scope?.correlation) metadata.set(CORRELATION_HEADER, call.scope.correlation);
  if (call.scope?.causation) metadata.set(CAUSATION_HEADER, call.scope.causation);
  if (call.signal?.aborted) throw new DomainError("cancelled", "cancelled", "the call was given up before it began");
  return metadata;
}

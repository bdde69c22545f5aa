import { create, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import type { handleServerStreamingCall, handleUnaryCall, ServerUnaryCall, ServerWritableStream } from "@grpc/grpc-js";
import { DomainError, isDomainError, toDomainError } from "@trunkline/errors";
import type { Logger } from "@trunkline/runtime";
import { authenticate, authorize, callContext, correlationOf, tenantOf, validate } from "./admission.ts";
import type { CallContext, ServedMethod } from "./implement.ts";
import { MALFORMED, type Unread } from "./method-definition.ts";
import { recordIdOf } from "./record-id.ts";
import type { AuditEntry, ServeRpcOptions } from "./serve-options.ts";
import { toServiceStatus } from "./status.ts";
import { traced } from "./telemetry.ts";

/** A call without a deadline of its own gets this one. */
const DEFAULT_DEADLINE_MS = 30_000;

type UnaryCall = ServerUnaryCall<Unread, Message>;
type StreamCall = ServerWritableStream<Unread, Message>;

/** Ends the streams that are open: one could last for ever, and its caller finds another instance. */
export type OpenStreams = Set<() => void>;

export function handlerFor(
  served: ServedMethod,
  options: ServeRpcOptions,
  streams: OpenStreams,
): handleUnaryCall<Unread, Message> | handleServerStreamingCall<Unread, Message> {
  const output = served.method.output;
  const init = (value: unknown) => create(output, value as MessageInitShape<typeof output>);
  if (served.method.methodKind === "server_streaming") {
    return (call: StreamCall) => {
      let end = () => {};
      const stopped = new Promise<never>((_, reject) => {
        end = () => reject(new DomainError("unavailable", "server_stopping", "this instance stops: call again"));
      });
      streams.add(end);
      const answered = admitted(served, call, options, async (request, context) => {
        const answers = served.handler(request, context) as AsyncIterable<unknown>;
        for await (const answer of answers) {
          if (context.signal.aborted) return;
          if (context.principal.kind === "employee") await options.checkSession(context.principal, served.permission);
          if (!call.write(init(answer))) await writable(call, context.signal);
        }
      });
      Promise.race([answered, stopped])
        .finally(() => streams.delete(end))
        .then(
          () => call.end(),
          (error: unknown) => call.emit("error", answerTo(error, served, options.log)),
        );
    };
  }
  return (call: UnaryCall, callback) => {
    admitted(served, call, options, async (request, context) => init(await (served.handler(request, context) as Promise<unknown>))).then(
      (reply) => callback(null, reply),
      (error: unknown) => callback(answerTo(error, served, options.log)),
    );
  };
}

/** A stream ends when its caller leaves, so a writer never waits for someone who has gone. */
function writable(call: StreamCall, signal: AbortSignal): Promise<void> {
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

type Work<T> = (request: Message, context: CallContext) => Promise<T>;

function admitted<T>(served: ServedMethod, call: UnaryCall | StreamCall, options: ServeRpcOptions, work: Work<T>): Promise<T> {
  const name = `${served.method.parent.typeName}/${served.method.name}`;
  const codeOf = (error: unknown) => toDomainError(error).code;
  return traced(name, call.metadata, codeOf, async () => {
    const { permission, audited } = served;
    const principal = await authenticate(call.metadata, permission, options);
    const tenant = tenantOf(principal, call.metadata, permission, call.request);
    const proceed = async () => {
      authorize(principal, permission);
      const request = call.request;
      if (request === MALFORMED) throw new DomainError("invalid", "message_malformed", `the bytes are no ${served.method.input.name}`);
      validate(served.method.input, request);
      const entrance = { metadata: call.metadata, principal, tenant, deadline: deadlineOf(call), signal: signalOf(call as UnaryCall) };
      return work(request, callContext(served, request, entrance));
    };
    if (audited === "nobody" || (audited === "people" && principal.kind !== "employee")) return proceed();
    const { input, output } = served.method;
    const named = call.request === MALFORMED ? "" : recordIdOf(input, call.request);
    const who = { method: name, actor: `${principal.kind}/${principal.id}`, tenant, correlation: correlationOf(call.metadata) };
    return withAudit(who, options, proceed, (reply) => named || (reply ? recordIdOf(output, reply as unknown as Message) : ""));
  });
}

/** The row is stored before the reply, whatever that is: a call whose row cannot be stored is answered with that. */
async function withAudit<T>(
  who: Pick<AuditEntry, "method" | "actor" | "tenant" | "correlation">,
  { audit, now }: ServeRpcOptions,
  work: () => Promise<T>,
  objectOf: (reply?: T) => string,
): Promise<T> {
  const at = now();
  let reply: T;
  try {
    reply = await work();
  } catch (error) {
    await audit({ ...who, object: objectOf(), code: toDomainError(error).code, at });
    throw error;
  }
  await audit({ ...who, object: objectOf(reply), code: "ok", at });
  return reply;
}

/** The signal is made for whoever asks; few do, and grpc-js says "cancelled" at the end of every call. */
function signalOf(call: UnaryCall): () => AbortSignal {
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

function deadlineOf(call: UnaryCall | StreamCall): number {
  const deadline = call.getDeadline();
  const at = deadline instanceof Date ? deadline.getTime() : deadline;
  return Number.isFinite(at) ? at : Date.now() + DEFAULT_DEADLINE_MS;
}

/** What was foreseen is answered as it is; anything else is logged once and hidden. */
function answerTo(error: unknown, served: ServedMethod, log: Logger) {
  const foreseen = isDomainError(error) && error.kind !== "internal";
  if (!foreseen) log.error({ err: error, method: served.method.name }, "a call failed in a way nobody foresaw");
  return toServiceStatus(error);
}

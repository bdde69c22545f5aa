import type {
  DescMethod,
  DescMethodServerStreaming,
  DescMethodUnary,
  DescService,
  MessageInitShape,
  MessageValidType,
} from "@bufbuild/protobuf";
import { getOption } from "@bufbuild/protobuf";
import type { Principal } from "@trunkline/auth";
import { audit, audit_people, permission, retry_id } from "@trunkline/proto";
import type { CallScope } from "@trunkline/runtime";

/** What a handler knows of its call beside the message. */
export type CallContext = CallScope & {
  readonly principal: Principal;
  /** Of a public call, from where it came, as its carrier says; personal. Empty when not known. */
  readonly address: string;
  /** Epoch milliseconds by the process clock; calls made on behalf of this one carry the rest of it. */
  readonly deadline: number;
  /** Aborted when the caller gave up. */
  readonly signal: AbortSignal;
};

type Handler<C, M extends DescMethod> =
  M extends DescMethodUnary<infer I, infer O>
    ? (context: C, request: MessageValidType<I>, call: CallContext) => Promise<MessageInitShape<O>>
    : M extends DescMethodServerStreaming<infer I, infer O>
      ? (context: C, request: MessageValidType<I>, call: CallContext) => AsyncIterable<MessageInitShape<O>>
      : never;

/** One handler for each method of the service; a missing one does not compile. */
export type Handlers<S extends DescService, C> = { readonly [K in keyof S["method"]]: Handler<C, S["method"][K]> };

type UnaryHandler = (request: unknown, call: CallContext) => Promise<unknown>;
type StreamHandler = (request: unknown, call: CallContext) => AsyncIterable<unknown>;
type Unbound<C> = (context: C, request: unknown, call: CallContext) => never;

export type ServedMethod = {
  readonly method: DescMethod;
  readonly permission: string;
  /** By whom a call leaves an audit row. */
  readonly audited: "all" | "people" | "nobody";
  /** Name of the request field by which a caller names its try, if there is one. */
  readonly retryField: string | undefined;
  readonly handler: UnaryHandler | StreamHandler;
};
export type Implementation = { readonly service: DescService; readonly methods: readonly ServedMethod[] };

/**
 * Binds the handlers of a service of the contract to their context: plain functions `(context, request, call) => reply`, each of which
 * takes of the context what it needs.
 * @throws Error when a method declares no permission: it must not be served by oversight
 */
export function implement<S extends DescService, C>(service: S, context: C, handlers: Handlers<S, NoInfer<C>>): Implementation {
  const methods = service.methods.map((method) => {
    const needed = getOption(method, permission);
    if (needed === "") throw new Error(`${service.typeName}.${method.name} declares no (permission): add the option to the proto file`);
    const unbound = (handlers as unknown as Record<string, Unbound<C>>)[method.localName];
    if (!unbound) throw new Error(`${service.typeName}.${method.name} has no handler`);
    const handler = (request: unknown, call: CallContext) => unbound(context, request, call);
    const retryField = method.input.fields.find((field) => getOption(field, retry_id))?.localName;
    return { method, permission: needed, audited: auditedBy(method), retryField, handler };
  });
  return { service, methods };
}

function auditedBy(method: DescMethod): ServedMethod["audited"] {
  if (getOption(method, audit)) return "all";
  return getOption(method, audit_people) ? "people" : "nobody";
}

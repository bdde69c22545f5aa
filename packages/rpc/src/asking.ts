import { createHash } from "node:crypto";
import { create, type DescMethodUnary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { dataScopeOf, permissionsOf, SERVICE_REACH } from "@trunkline/auth";
import type { CallContext, Implementation } from "./implement.ts";

export type Who = {
  readonly id: string;
  readonly tenant?: string;
  readonly kind?: "employee" | "service";
  /** Default: an agent's. */
  readonly roles?: readonly string[];
  readonly sessionStart?: number;
  readonly address?: string;
};
export type Ask = <M extends DescMethodUnary>(
  method: M,
  request: MessageInitShape<M["input"]>,
  who: Who,
) => Promise<MessageShape<M["output"]>>;

/** For a service's own tests: calls handlers without a network, with the context that the admission would give them. */
export function asking(implementations: readonly Implementation[]): Ask {
  const methods = new Map(implementations.flatMap(({ methods: served }) => served.map((one) => [one.method, one] as const)));
  return async <M extends DescMethodUnary>(method: M, request: MessageInitShape<M["input"]>, who: Who) => {
    const served = methods.get(method);
    if (!served) throw new Error(`${method.name} is not served`);
    const message = create(method.input, request);
    const handler = served.handler as (message: unknown, call: CallContext) => Promise<never>;
    return create(method.output, await handler(message, callOf(method, message, served.retryField, who))) as MessageShape<M["output"]>;
  };
}

/** The field that the contract marks names the try, as in packages/rpc. */
function callOf(
  method: DescMethodUnary,
  message: object,
  retryField: string | undefined,
  { id, tenant = "t1", kind = "employee", roles = ["agent"], sessionStart = 0, address = "" }: Who,
): CallContext {
  const requestId = retryField === undefined ? undefined : (message as Record<string, unknown>)[retryField];
  const bodyHash = createHash("sha256")
    .update(toBinary(method.input, message as never))
    .digest("hex");
  return {
    tenant,
    actor: `${kind}/${id}`,
    causation: "",
    correlation: "test",
    principal: {
      kind,
      id,
      tenant,
      roles: kind === "service" ? [] : roles,
      permissions: kind === "service" ? new Set(SERVICE_REACH[id] ?? []) : permissionsOf(roles),
      dataScope: kind === "service" ? "all" : dataScopeOf(roles),
      issuedAt: 0,
      expiresAt: 0,
      sessionStart,
      sessionEnd: Number.MAX_SAFE_INTEGER,
      mustChangePassword: false,
    },
    address,
    deadline: Number.MAX_SAFE_INTEGER,
    signal: new AbortController().signal,
    ...(typeof requestId === "string" && requestId !== "" ? { retry: { requestId, method: method.name, bodyHash } } : {}),
  };
}

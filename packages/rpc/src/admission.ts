import { createHash } from "node:crypto";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import type { Metadata } from "@grpc/grpc-js";
import { allows, type Principal, type TokenVerifier } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { newId } from "@trunkline/runtime";
import type { CallContext, ServedMethod } from "./implement.ts";

export const TENANT_HEADER = "trunkline-tenant";
export const USER_TOKEN_HEADER = "trunkline-user-token";
export const CORRELATION_HEADER = "trunkline-correlation";
export const CAUSATION_HEADER = "trunkline-causation";

const validator = createValidator();
const ANONYMOUS: Principal = { kind: "service", id: "public", tenant: undefined, permissions: new Set(), expiresAt: 0 };

/** Who calls: the user where one acts (the service that carries the call must show its own token too), else the service. */
export async function authenticate(metadata: Metadata, needed: string, verify: TokenVerifier, now: number): Promise<Principal> {
  const bearer = text(metadata, "authorization");
  const user = text(metadata, USER_TOKEN_HEADER);
  if (bearer === "" && needed === "public") return ANONYMOUS;
  if (!bearer.startsWith("Bearer ")) {
    throw new DomainError("unauthenticated", "token_missing", "send a token in the authorization metadata as Bearer <token>");
  }
  const carrier = await verify(bearer.slice(7), now);
  const principal = user === "" ? carrier : await verify(user, now);
  if (!allows(principal, needed)) {
    throw new DomainError("forbidden", "permission_denied", `this needs the permission ${needed}`, { permission: needed });
  }
  return principal;
}

/** The tenant is the token's; a service names the one it acts for. */
export function tenantOf(principal: Principal, metadata: Metadata, needed: string): string {
  const named = text(metadata, TENANT_HEADER);
  if (principal.tenant !== undefined) return principal.tenant;
  if (named === "" && needed !== "public") {
    throw new DomainError("invalid", "tenant_missing", `a service names its tenant in the ${TENANT_HEADER} metadata`);
  }
  return named;
}

/** @throws DomainError invalid field_invalid, naming the field and its rule but not its value */
export function validate(schema: DescMessage, message: Message): void {
  const result = validator.validate(schema, message);
  if (result.kind === "valid") return;
  if (result.kind === "error") throw result.error;
  const [first] = result.violations;
  const field = first ? first.field.map((part) => ("name" in part ? part.name : String("index" in part ? part.index : ""))).join(".") : "";
  throw new DomainError("invalid", "field_invalid", `${field}: ${first?.message ?? "not valid"}`, { field });
}

type Entrance = {
  readonly metadata: Metadata;
  readonly principal: Principal;
  readonly deadline: number;
  readonly signal: () => AbortSignal;
};

/** The context that the handler and its stores work in. */
export function callContext(served: ServedMethod, message: Message, entrance: Entrance): CallContext {
  const { metadata, principal } = entrance;
  const method = `${served.method.parent.typeName}/${served.method.name}`;
  const requestId = served.retryField === undefined ? "" : (message as unknown as Record<string, unknown>)[served.retryField];
  const actor = `${principal.kind}/${principal.id}`;
  const named = typeof requestId === "string" && requestId !== "";
  return {
    tenant: tenantOf(principal, metadata, served.permission),
    actor,
    causation: text(metadata, CAUSATION_HEADER),
    correlation: text(metadata, CORRELATION_HEADER) || newId(Date.now()),
    principal,
    deadline: entrance.deadline,
    get signal() {
      return entrance.signal();
    },
    ...(named ? { retry: { requestId, method, bodyHash: hash(served.method.input, message) } } : {}),
  };
}

function hash(schema: DescMessage, message: Message): string {
  return createHash("sha256").update(toBinary(schema, message)).digest("base64url");
}

function text(metadata: Metadata, key: string): string {
  const [value] = metadata.get(key);
  return value === undefined ? "" : String(value);
}

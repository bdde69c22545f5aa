import { createHash } from "node:crypto";
import type { DescMessage, Message } from "@bufbuild/protobuf";
import { toBinary } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import type { Metadata } from "@grpc/grpc-js";
import { allows, type Principal, SESSION_OWN, SESSION_WATCH } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import { newId } from "@trunkline/runtime";
import type { CallContext, ServedMethod } from "./implement.ts";
import type { ServeRpcOptions } from "./serve-options.ts";
import { badText } from "./text-rules.ts";

export const TENANT_HEADER = "trunkline-tenant";
export const USER_TOKEN_HEADER = "trunkline-user-token";
export const CORRELATION_HEADER = "trunkline-correlation";
export const CAUSATION_HEADER = "trunkline-causation";
/** Where the user calls from: the one who carries users says it. */
export const ADDRESS_HEADER = "trunkline-address";

const validator = createValidator();
/** What a service needs to act for whoever is logged in; the permission itself is checked on the user. */
const CARRY_USER = "user.carry";
const ANONYMOUS: Principal = {
  kind: "service",
  id: "public",
  tenant: undefined,
  roles: [],
  permissions: new Set(),
  dataScope: "own",
  issuedAt: 0,
  expiresAt: 0,
  sessionStart: 0,
  sessionEnd: 0,
  mustChangePassword: false,
};

/** Who calls: the user where one acts, whom a service carries that shows its own token too; else the service that shows the one token. */
export async function authenticate(
  metadata: Metadata,
  needed: string,
  { verifyToken, checkSession, now }: Pick<ServeRpcOptions, "verifyToken" | "checkSession" | "now">,
): Promise<Principal> {
  const bearer = text(metadata, "authorization");
  const user = text(metadata, USER_TOKEN_HEADER);
  if (bearer === "" && needed === "public") return ANONYMOUS;
  if (!bearer.startsWith("Bearer ")) {
    throw new DomainError("unauthenticated", "token_missing", "send a token in the authorization metadata as Bearer <token>");
  }
  // Who only renews or ends a session may do it with a token that has run out.
  const verify = async (token: string) => {
    const principal = await verifyToken(token, now(), needed === SESSION_OWN);
    if (principal.kind === "employee") await checkSession(principal, needed);
    return principal;
  };
  const carrier = await verify(bearer.slice(7));
  if (user === "") return alone(carrier);
  const acting = await verify(user);
  if (carrier.kind !== "service" || acting.kind !== "employee") {
    throw new DomainError("unauthenticated", "token_invalid", "only a service carries a user's token, and only an employee is a user");
  }
  authorize(carrier, CARRY_USER);
  return acting;
}

/** A user's token that got out of the gateway's hands is good for nothing here. */
function alone(principal: Principal): Principal {
  if (principal.kind === "service") return principal;
  throw new DomainError("unauthenticated", "carrier_missing", "services do not take a user's token by itself: call through the gateway");
}

/** @throws DomainError forbidden permission_denied, naming the permission; password_change_required */
export function authorize(principal: Principal, needed: string): void {
  if (allows(principal, needed)) return;
  if (principal.mustChangePassword) {
    throw new DomainError(
      "forbidden",
      "password_change_required",
      "change the temporary password with SessionService/ChangePassword first",
    );
  }
  throw new DomainError("forbidden", "permission_denied", `this needs the permission ${needed}`, { permission: needed });
}

/** No slash, for ids in every store are <tenant>/<id>; and what metadata can carry. */
const TENANT = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** The tenant is the token's; a service names the one it acts for, and who has no token yet names it in the message. */
export function tenantOf(principal: Principal, metadata: Metadata, needed: string, request: unknown): string {
  if (principal.tenant !== undefined) return principal.tenant;
  const inMessage = needed === "public" ? (request as { readonly tenant?: unknown }).tenant : undefined;
  const named = text(metadata, TENANT_HEADER) || (typeof inMessage === "string" ? inMessage : "");
  if (named === "" && (needed === "public" || needed === SESSION_WATCH)) return "";
  if (named === "") throw new DomainError("invalid", "tenant_missing", `a service names its tenant in the ${TENANT_HEADER} metadata`);
  if (TENANT.test(named)) return named;
  throw new DomainError("invalid", "tenant_invalid", "a tenant is 1 to 64 letters, digits, dots, dashes and underscores");
}

/** @throws DomainError invalid field_invalid, naming the field and its rule but not its value */
export function validate(schema: DescMessage, message: Message): void {
  const result = validator.validate(schema, message);
  if (result.kind === "valid") {
    checkText(schema, message);
    return;
  }
  if (result.kind === "error") throw result.error;
  const [first] = result.violations;
  const field = first ? first.field.map((part) => ("name" in part ? part.name : String("index" in part ? part.index : ""))).join(".") : "";
  throw new DomainError("invalid", "field_invalid", `${field}: ${first?.message ?? "not valid"}`, { field });
}

/** @throws DomainError invalid field_invalid */
function checkText(schema: DescMessage, message: Message): void {
  const bad = badText(schema, message);
  if (bad) throw new DomainError("invalid", "field_invalid", `${bad.path}: ${bad.why}`, { field: bad.path });
}

type Entrance = {
  readonly metadata: Metadata;
  readonly principal: Principal;
  readonly tenant: string;
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
    tenant: entrance.tenant,
    actor,
    causation: trail(metadata, CAUSATION_HEADER),
    correlation: correlationOf(metadata),
    principal,
    address: allows(principal, CARRY_USER) ? trail(metadata, ADDRESS_HEADER) : "",
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

/** One id over all that a call sets off; made here where it is the first. */
export function correlationOf(metadata: Metadata): string {
  const given = trail(metadata, CORRELATION_HEADER);
  if (given !== "") return given;
  const made = newId(Date.now());
  metadata.set(CORRELATION_HEADER, made);
  return made;
}

/** Goes into the headers of every event that follows, so it is bounded; anything else is as good as none. */
function trail(metadata: Metadata, key: string): string {
  const value = text(metadata, key);
  return /^[\x21-\x7e]{1,256}$/.test(value) ? value : "";
}

function text(metadata: Metadata, key: string): string {
  const [value] = metadata.get(key);
  return value === undefined ? "" : String(value);
}

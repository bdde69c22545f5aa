import type { Principal, TokenVerifier } from "@trunkline/auth";
import type { Clock, Logger } from "@trunkline/runtime";
import type { Implementation } from "./implement.ts";
import type { Tls } from "./tls.ts";

/** Of a request and of a reply. */
export const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** So long a server that stops waits for what is under way. */
export const DRAIN_MS = 10_000;

/**
 * `code` is "ok" or the code of the refusal. `tenant` is empty where the message of a public method names none. `object` is the id of the
 * record that the call is about, as the request names it, or the reply where the call makes it; empty where there is none.
 */
export type AuditEntry = {
  method: string;
  actor: string;
  tenant: string;
  object: string;
  correlation: string;
  code: string;
  at: number;
};

export type ServeRpcOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly services: readonly Implementation[];
  readonly tls?: Tls | undefined;
  /** Tells anybody who asks what is served. Default: nobody. */
  readonly reflection?: boolean;
  /** Clients of this process call its methods without a connection. For processes that hold all services; default false. */
  readonly near?: boolean;
  readonly verifyToken: TokenVerifier;
  /**
   * Asked on every call after the token, and again at each answer of a stream; `permission` is what the method asks for.
   * @throws DomainError unauthenticated session_over | token_stale
   */
  readonly checkSession: (principal: Principal, permission: string) => void | Promise<void>;
  readonly log: Logger;
  readonly now: Clock;
  /** Stores the audit row of an audited call, granted or refused; awaited before the reply. */
  readonly audit: (entry: AuditEntry) => Promise<void>;
};

import type { TokenVerifier } from "@trunkline/auth";
import type { Clock, Logger } from "@trunkline/runtime";
import type { Implementation } from "./implement.ts";

/** `code` is "ok" or the code of the refusal. `tenant` is empty where the message of a public method names none. */
export type AuditEntry = { method: string; actor: string; tenant: string; code: string; at: number };

export type ServeRpcOptions = {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly services: readonly Implementation[];
  readonly verifyToken: TokenVerifier;
  readonly log: Logger;
  readonly now: Clock;
  /** Stores the audit row of an audited call, granted or refused; awaited before the reply. */
  readonly audit: (entry: AuditEntry) => Promise<void>;
};

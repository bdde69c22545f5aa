import { Code, ConnectError } from "@connectrpc/connect";
import { type DomainError, type ErrorKind, toDomainError } from "@trunkline/errors";
import { ErrorInfoSchema } from "@trunkline/proto";

const CODES: Record<ErrorKind, Code> = {
  invalid: Code.InvalidArgument,
  unauthenticated: Code.Unauthenticated,
  forbidden: Code.PermissionDenied,
  not_found: Code.NotFound,
  already_exists: Code.AlreadyExists,
  rule_violated: Code.FailedPrecondition,
  conflict: Code.Aborted,
  deadline_exceeded: Code.DeadlineExceeded,
  cancelled: Code.Canceled,
  exhausted: Code.ResourceExhausted,
  unavailable: Code.Unavailable,
  internal: Code.Internal,
};

/** A service's refusal as a Connect error: `details[0].debug.reason` and the trunkline-code header hold the stable code. */
export function toConnectError(thrown: unknown): ConnectError {
  const error: DomainError = toDomainError(thrown);
  const metadata = Object.fromEntries(Object.entries(error.details).map(([key, value]) => [key, String(value)]));
  return new ConnectError(error.message, CODES[error.kind], { "trunkline-code": error.code }, [
    { desc: ErrorInfoSchema, value: { reason: error.code, domain: "trunkline", metadata } },
  ]);
}

/** The closed set of ways in which work can be refused; each transport maps them in one table. */
export type ErrorKind =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "already_exists"
  | "rule_violated"
  | "conflict"
  | "deadline_exceeded"
  | "cancelled"
  | "exhausted"
  | "unavailable"
  | "internal";

/** Facts for the reader of the error; never a secret and never what identifies a person. */
export type DomainErrorDetails = Readonly<Record<string, string | number | boolean>>;

/**
 * The one error class. `code` is stable snake_case and unique over all services (docs/reference/errors.md lists every
 * one); clients translate by it. `message` is English, for developers, and says what to do.
 */
export class DomainError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: DomainErrorDetails;

  constructor(kind: ErrorKind, code: string, message: string, details: DomainErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "DomainError";
    this.kind = kind;
    this.code = code;
    this.details = details;
  }
}

export function isDomainError(error: unknown): error is DomainError {
  return error instanceof DomainError;
}

/** Anything thrown, as a DomainError; what is not one becomes `internal` with its cause kept for the log. */
export function toDomainError(error: unknown): DomainError {
  if (isDomainError(error)) return error;
  return new DomainError("internal", "internal_error", "internal error; the log has its cause", {}, error);
}

/** It will be refused as often as it is asked. */
export function isForGood({ kind }: DomainError): boolean {
  return kind === "not_found" || kind === "invalid" || kind === "rule_violated";
}

/**
 * What to do with a failure that is none here: a refusal with one of these codes is passed over, anything else is thrown again.
 * `await work().catch(unless("call_not_found"))`
 */
export function unless(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!isDomainError(error) || !codes.includes(error.code)) throw error;
  };
}

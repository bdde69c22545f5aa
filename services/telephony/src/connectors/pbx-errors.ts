import { DomainError } from "@trunkline/errors";

/** The exchange cannot be reached, whatever the protocol. */
export function unavailable(message: string, cause?: unknown): DomainError {
  return new DomainError("unavailable", "pbx_unavailable", message, {}, cause);
}

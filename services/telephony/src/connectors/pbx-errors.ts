import { DomainError } from "@trunkline/errors";

/** The exchange cannot be reached, whatever the protocol. */
export function unavailable(message: string, cause?: unknown): DomainError {
  return new DomainError("unavailable", "pbx_unavailable", message, {}, cause);
}

/** The exchange has not answered an order in time. */
export function actionTimeout(what: string, deadlineMs: number): DomainError {
  const text = `no answer from the PBX to ${what} in ${deadlineMs} ms; it may still have been done`;
  return new DomainError("deadline_exceeded", "pbx_action_timeout", text, { action: what });
}

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

export function callGone(message = "this call is over on the PBX: nothing to do"): DomainError {
  return new DomainError("rule_violated", "pbx_call_gone", message);
}

export function callNotTalking(): DomainError {
  const text = "nobody talks to this caller: only a call that was answered can be held or transferred";
  return new DomainError("rule_violated", "pbx_call_not_talking", text);
}

export function atTheTelephone(): DomainError {
  return new DomainError("rule_violated", "line_takes_no_orders", "this exchange cannot be told to do that: use the telephone itself");
}

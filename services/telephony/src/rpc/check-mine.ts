import { DomainError } from "@trunkline/errors";

/** @throws DomainError rule_violated call_not_in_hand */
export function checkMine(mine: boolean): void {
  if (mine) return;
  throw new DomainError("rule_violated", "call_not_in_hand", "only the agent who has the call can do this, while it lasts");
}

import { type CallScope, contentId, newId } from "@trunkline/runtime";

/** The id of what a call creates: derived from its request_id where the caller gave one, so that a repeat finds the first. */
export function createId(scope: CallScope, now: number): string {
  return scope.retry ? contentId(scope.tenant, scope.actor, scope.retry.method, scope.retry.requestId) : newId(now);
}

import { DomainError } from "@trunkline/errors";
import type { CallContext } from "@trunkline/rpc";
import type { CallScope } from "@trunkline/runtime";
import type { Actor } from "../domain/handle-request.ts";

/**
 * The scope without the caller's request_id: for writes that are harmless to repeat, and for messages whose request_id
 * names the request itself and not a try.
 */
export function plain({ retry: _, ...scope }: CallContext): CallScope {
  return scope;
}

/** @throws DomainError forbidden employee_required */
export function actorOf(call: CallContext): Actor {
  return { employeeId: employeeOf(call), supervises: call.principal.permissions.has("request.supervise") };
}

/** @throws DomainError forbidden employee_required */
export function employeeOf({ principal }: CallContext): string {
  if (principal.kind === "employee") return principal.id;
  throw new DomainError("forbidden", "employee_required", "only a person may do this: call it with an employee's token");
}

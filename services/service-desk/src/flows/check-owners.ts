import { permissionsOf } from "@trunkline/auth";
import { DomainError } from "@trunkline/errors";
import type { EmployeeCopy } from "../stores/employee-copy.ts";

/**
 * Work given to nobody, or to who may not take it up, would lie for ever.
 * @throws DomainError rule_violated owner_unknown, owner_may_not_accept
 */
export async function checkOwners(employees: Pick<EmployeeCopy, "await">, tenant: string, employeeIds: readonly string[]): Promise<void> {
  for (const ownerId of new Set(employeeIds)) {
    const employee = await employees.await(tenant, ownerId);
    if (!employee?.active)
      throw new DomainError("rule_violated", "owner_unknown", "there is no active employee with the id of the owner: name one", {
        ownerId,
      });
    if (permissionsOf(employee.roles).has("request.work")) continue;
    throw new DomainError("rule_violated", "owner_may_not_accept", "this employee has no role that accepts requests: name another one", {
      ownerId,
    });
  }
}

import { DomainError } from "@trunkline/errors";
import type { EmployeeCopy } from "../stores/employee-copy.ts";

/** Work given to nobody would lie for ever. @throws DomainError rule_violated owner_unknown */
export async function checkActive(employees: EmployeeCopy, tenant: string, employeeIds: readonly string[]): Promise<void> {
  for (const ownerId of new Set(employeeIds)) {
    if (await employees.isActive(tenant, ownerId)) continue;
    throw new DomainError("rule_violated", "owner_unknown", "there is no active employee with the id of the owner: name one", { ownerId });
  }
}

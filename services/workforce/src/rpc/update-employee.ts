import { DomainError } from "@trunkline/errors";
import type { EmployeeService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { updateProfile } from "../domain/employee.ts";
import { fromProfileMessage, toMessage } from "./employee-message.ts";

export function updateEmployee({ employees, now }: Context): Handlers<typeof EmployeeService>["updateEmployee"] {
  return async ({ employeeId, profile }, call) => {
    if (!profile) throw new DomainError("invalid", "field_invalid", "profile: is required", { field: "profile" });
    const wanted = fromProfileMessage(profile);
    return { employee: toMessage(await employees.update(call, employeeId, (employee) => updateProfile(employee, wanted, now()))) };
  };
}

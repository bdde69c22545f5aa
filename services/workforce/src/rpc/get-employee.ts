import type { EmployeeService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/employee-message.ts";

export function getEmployee({ employees }: Context): Handlers<typeof EmployeeService>["getEmployee"] {
  return async ({ employeeId }, { tenant }) => ({ employee: toMessage(await employees.get(tenant, employeeId)) });
}

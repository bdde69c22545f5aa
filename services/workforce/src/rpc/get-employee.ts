import { messageOf } from "@trunkline/proto";
import { EmployeeSchema, type GetEmployeeRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";

export async function getEmployee({ employees }: Context, { employeeId }: GetEmployeeRequest, { tenant }: CallContext) {
  return { employee: messageOf(EmployeeSchema, await employees.get(tenant, employeeId)) };
}

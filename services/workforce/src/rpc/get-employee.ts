import type { GetEmployeeRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/employee-message.ts";

export async function getEmployee({ employees }: Context, { employeeId }: GetEmployeeRequest, { tenant }: CallContext) {
  return { employee: toMessage(await employees.get(tenant, employeeId)) };
}

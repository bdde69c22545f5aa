import { messageOf } from "@trunkline/proto";
import { EmployeeSchema, type ListEmployeesRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";

export async function listEmployees({ employees }: Context, { pageSize, pageToken }: ListEmployeesRequest, { tenant }: CallContext) {
  const page = await employees.page(tenant, {}, inOrder("createdAt", { pageSize, pageToken }));
  return { employees: page.items.map((one) => messageOf(EmployeeSchema, one)), nextPageToken: page.nextToken };
}

import type { ListEmployeesRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/employee-message.ts";

export async function listEmployees({ employees }: Context, { pageSize, pageToken }: ListEmployeesRequest, { tenant }: CallContext) {
  const page = await employees.page(tenant, {}, { by: "createdAt", direction: 1, size: pageSize, token: pageToken });
  return { employees: page.items.map(toMessage), nextPageToken: page.nextToken };
}

import type { EmployeeService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toMessage } from "../stores/employee-message.ts";

export function listEmployees({ employees }: Context): Handlers<typeof EmployeeService>["listEmployees"] {
  return async ({ pageSize, pageToken }, { tenant }) => {
    const page = await employees.page(tenant, {}, { by: "createdAt", direction: 1, size: pageSize, token: pageToken });
    return { employees: page.items.map(toMessage), nextPageToken: page.nextToken };
  };
}

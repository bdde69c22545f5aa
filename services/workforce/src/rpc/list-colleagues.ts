import type { ListColleaguesRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import type { Employee } from "../domain/employee.ts";

/** Everybody has a name, whoever has left as well: records tell of them. Only who is there has a phone. */
export async function listColleagues({ employees }: Context, { pageSize, pageToken }: ListColleaguesRequest, { tenant }: CallContext) {
  const page = await employees.page(tenant, {}, inOrder("createdAt", { pageSize, pageToken }));
  const extensionOf = ({ active, extension }: Employee["profile"]) => (active ? extension : "");
  return {
    colleagues: page.items.map(({ id, name, profile }) => ({ employeeId: id, name, extension: extensionOf(profile) })),
    nextPageToken: page.nextToken,
  };
}

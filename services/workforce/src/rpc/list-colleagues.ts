import type { ListColleaguesRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";

/** A page may hold fewer than were asked for: who has no extension or has left is left out. */
export async function listColleagues({ employees }: Context, { pageSize, pageToken }: ListColleaguesRequest, { tenant }: CallContext) {
  const page = await employees.page(tenant, {}, inOrder("createdAt", { pageSize, pageToken }));
  const reachable = page.items.filter(({ profile }) => profile.active && profile.extension !== "");
  return {
    colleagues: reachable.map(({ id, name, profile }) => ({ employeeId: id, name, extension: profile.extension })),
    nextPageToken: page.nextToken,
  };
}

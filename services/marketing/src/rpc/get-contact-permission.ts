import type { GetContactPermissionRequest } from "@trunkline/proto/marketing";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toPermissionMessage } from "./marketing-message.ts";

export async function getContactPermission({ permissions }: Context, { customerId }: GetContactPermissionRequest, { tenant }: CallContext) {
  return { permission: toPermissionMessage(await permissions.find(tenant, customerId)) };
}

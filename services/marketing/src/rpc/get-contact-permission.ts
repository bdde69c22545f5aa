import type { ContactPolicyService } from "@trunkline/proto/marketing";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { toPermissionMessage } from "./marketing-message.ts";

export function getContactPermission({ permissions }: Context): Handlers<typeof ContactPolicyService>["getContactPermission"] {
  return async ({ customerId }, { tenant }) => ({ permission: toPermissionMessage(await permissions.find(tenant, customerId)) });
}

import { DomainError } from "@trunkline/errors";
import type { UpdateEmployeeRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeProfile } from "../flows/change-profile.ts";
import { fromProfileMessage, toMessage } from "../stores/employee-message.ts";

export async function updateEmployee(context: Context, { employeeId, name, profile, revision }: UpdateEmployeeRequest, call: CallContext) {
  if (!profile) throw new DomainError("invalid", "field_invalid", "profile: is required", { field: "profile" });
  const change = { id: employeeId, name: name.trim(), profile: fromProfileMessage(profile), revision };
  return { employee: toMessage(await changeProfile(context, call, change)) };
}

import { messageOf } from "@trunkline/proto";
import { EmployeeSchema, type UpdateEmployeeRequestValid } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeProfile } from "../flows/change-profile.ts";
import { fromProfileMessage } from "../stores/employee-message.ts";

export async function updateEmployee(
  context: Context,
  { employeeId, name, profile, revision }: UpdateEmployeeRequestValid,
  call: CallContext,
) {
  const change = { id: employeeId, name: name.trim(), profile: fromProfileMessage(profile), revision };
  return { employee: messageOf(EmployeeSchema, await changeProfile(context, call, change)) };
}

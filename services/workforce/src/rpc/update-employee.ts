import { DomainError } from "@trunkline/errors";
import type { EmployeeService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { changeProfile } from "../flows/change-profile.ts";
import { fromProfileMessage, toMessage } from "../stores/employee-message.ts";

export function updateEmployee(context: Context): Handlers<typeof EmployeeService>["updateEmployee"] {
  return async ({ employeeId, name, profile, revision }, call) => {
    if (!profile) throw new DomainError("invalid", "field_invalid", "profile: is required", { field: "profile" });
    const change = { id: employeeId, name: name.trim(), profile: fromProfileMessage(profile), revision };
    return { employee: toMessage(await changeProfile(context, call, change)) };
  };
}

import type { SessionService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { signOut } from "../domain/employee.ts";

export function logOut({ employees, now }: Context): Handlers<typeof SessionService>["logOut"] {
  return async (_request, call) => {
    await employees.update(call, call.principal.id, (employee) => signOut(employee, now()));
    return {};
  };
}

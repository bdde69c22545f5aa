import type { LogOutRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { signOut } from "../domain/employee.ts";

export async function logOut({ employees, now }: Context, _request: LogOutRequest, call: CallContext) {
  await employees.update(call, call.principal.id, (employee) => signOut(employee, now()));
  return {};
}

import type { ResetPasswordRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { setPassword } from "../domain/employee.ts";
import { checkPassword } from "../domain/password-policy.ts";
import { hashPassword } from "../stores/password.ts";

export async function resetPassword({ employees, turns, now }: Context, { employeeId, password }: ResetPasswordRequest, call: CallContext) {
  const employee = await employees.get(call.tenant, employeeId);
  checkPassword(password, { tenant: call.tenant, ...employee });
  const passwordHash = await turns(() => hashPassword(password), { signal: call.signal });
  await employees.update(call, employeeId, (current) => setPassword(current, passwordHash, true, now()));
  return {};
}

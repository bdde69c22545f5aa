import { messageOf } from "@trunkline/proto";
import { type CreateEmployeeRequestValid, EmployeeSchema } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { createId } from "@trunkline/store";
import type { Context } from "../context.ts";
import { createEmployee as create } from "../domain/employee.ts";
import { checkPassword } from "../domain/password-policy.ts";
import { checkNewProfile } from "../flows/check-new-profile.ts";
import { fromProfileMessage } from "../stores/employee-message.ts";
import { hashPassword } from "../stores/password.ts";

export async function createEmployee(
  context: Context,
  { login, name, password, profile: wanted, mustChangePassword }: CreateEmployeeRequestValid,
  call: CallContext,
) {
  const { employees, turns, now } = context;
  const id = createId(call, now());
  const profile = fromProfileMessage(wanted);
  checkPassword(password, { tenant: call.tenant, login, name });
  await checkNewProfile(context, call.tenant, id, profile);
  const passwordHash = await turns(() => hashPassword(password), { signal: call.signal });
  const decision = create({ id, login, name, passwordHash, mustChangePassword, profile }, now());
  return { employee: messageOf(EmployeeSchema, await employees.create(call, id, decision)) };
}

import { DomainError } from "@trunkline/errors";
import type { ChangePasswordRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { issueToken, setPassword } from "../domain/employee.ts";
import { BY_ACCOUNT_AND_ADDRESS } from "../domain/log-in-tries.ts";
import { checkPassword } from "../domain/password-policy.ts";
import { throttled } from "../flows/judge-log-in.ts";
import { signSession } from "../flows/session-tokens.ts";
import { hashPassword, passwordFits } from "../stores/password.ts";

export async function changePassword(context: Context, { oldPassword, newPassword }: ChangePasswordRequest, call: CallContext) {
  const { employees, tries, turns, hash, now } = context;
  const wrong = () => new DomainError("rule_violated", "old_password_wrong", "this is not the password of now");
  const employee = await employees.get(call.tenant, call.principal.id);
  checkPassword(newPassword, { tenant: call.tenant, ...employee });
  if (newPassword === oldPassword) throw new DomainError("rule_violated", "password_same", "choose another password than the one of now");
  // A stolen token must not find the password out.
  const keys = [{ id: hash("try", "change", call.tenant, employee.id), limit: BY_ACCOUNT_AND_ADDRESS }];
  const passwordHash = await turns(
    async () => {
      const at = now();
      if (!(await tries.reserve(keys, at))) throw throttled();
      if (!(await passwordFits(oldPassword, employee.passwordHash))) throw wrong();
      await tries.release(keys, at);
      return hashPassword(newPassword);
    },
    { signal: call.signal },
  );
  const changed = await employees.update(call, employee.id, (current) => {
    if (current.passwordHash !== employee.passwordHash) throw wrong();
    return issueToken(setPassword(current, passwordHash, false, now()).state, now());
  });
  return signSession(context, call.tenant, changed);
}

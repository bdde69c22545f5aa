import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { SessionService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { checkMayLogIn, loginFailed, recordLogIn } from "../domain/employee.ts";
import { passwordFits } from "../stores/password.ts";

/** A working day; who leaves is cut off by the `active` flag at the next log-in and by the socket at once. */
const TOKEN_MS = 12 * 3_600_000;

export function logIn({ employees, signToken, now }: Context): Handlers<typeof SessionService>["logIn"] {
  return async ({ tenant, login, password }, call) => {
    const scope = { ...call, tenant };
    const employee = await employees.findByLogin(tenant, login);
    if (employee) checkMayLogIn(employee, now());
    const correct = await passwordFits(password, employee?.passwordHash);
    if (!employee) throw loginFailed();
    if (!correct || employee.failedLogins > 0)
      await employees.update(scope, employee.id, (current) => recordLogIn(current, correct, now()));
    if (!correct) throw loginFailed();
    const at = now();
    const accessToken = await signToken({ subject: employee.id, tenant, roles: employee.profile.roles, ttlMs: TOKEN_MS, now: at });
    return { accessToken, expiresAt: timestampFromMs(at + TOKEN_MS), employeeId: employee.id, name: employee.name };
  };
}

import { isDomainError } from "@trunkline/errors";
import type { LogInRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import { inOrder } from "@trunkline/store";
import type { Context } from "../context.ts";
import type { Employee } from "../domain/employee.ts";
import { addressHash } from "../stores/keyed-hash.ts";

/** Writes the audit row of a log-in that was refused, in a tenant that there is, then refuses it. The same work whoever it is about. */
export function noteFailedLogIn(
  { employees, logIns, hash, now }: Context,
  { tenant, login }: Pick<LogInRequest, "tenant" | "login">,
  employee: Employee | undefined,
  call: CallContext,
): (error: unknown) => Promise<never> {
  return async (error) => {
    const judged = isDomainError(error) && error.code === "login_failed";
    if (!judged && !(isDomainError(error) && error.code === "account_locked")) throw error;
    const anybody = await employees.page(tenant, {}, inOrder("createdAt", 1));
    if (anybody.items.length === 0) throw error;
    // Of logins that nobody has, only as many are named as were judged.
    const object = employee?.id ?? (judged ? hash("login", tenant, login.toLowerCase()) : "");
    const from = { correlation: call.correlation, address: addressHash(hash, call.address) };
    await logIns.failed({ tenant, object, actor: "public", ...from, at: now() }, error.code);
    throw error;
  };
}

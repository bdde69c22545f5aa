import { sessionOver } from "@trunkline/auth";
import type { RenewSessionRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { issueToken } from "../domain/employee.ts";
import { signSession } from "../flows/session-tokens.ts";
import { checkOf } from "../stores/employee-store.ts";

export async function renewSession(context: Context, _request: RenewSessionRequest, call: CallContext) {
  const { id, sessionStart } = call.principal;
  const { employees, now, sessionMs } = context;
  const renewed = await employees.update(call, id, (employee) => {
    checkOf(employee, call.principal, true);
    if (now() >= sessionStart + sessionMs) throw sessionOver();
    return issueToken(employee, now());
  });
  return signSession(context, call.tenant, renewed, sessionStart);
}

import { sessionOver } from "@trunkline/auth";
import type { SessionService } from "@trunkline/proto/workforce";
import type { Handlers } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { issueToken } from "../domain/employee.ts";
import { signSession } from "../flows/session-tokens.ts";
import { checkOf } from "../stores/employee-store.ts";

export function renewSession(context: Context): Handlers<typeof SessionService>["renewSession"] {
  return async (_request, call) => {
    const { id, sessionStart } = call.principal;
    const { employees, now, sessionMs } = context;
    const renewed = await employees.update(call, id, (employee) => {
      checkOf(employee, call.principal, true);
      if (now() >= sessionStart + sessionMs) throw sessionOver();
      return issueToken(employee, now());
    });
    return signSession(context, call.tenant, renewed, sessionStart);
  };
}

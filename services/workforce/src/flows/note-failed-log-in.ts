import type { LogInRequest } from "@trunkline/proto/workforce";
import type { CallContext } from "@trunkline/rpc";
import type { Context } from "../context.ts";
import { addressHash } from "./judge-log-in.ts";

/** Writes the audit row of a log-in that was refused, in a tenant that there is, then refuses it. */
export function noteFailedLogIn(
  { employees, logIns, hash, now }: Context,
  { tenant, login }: Pick<LogInRequest, "tenant" | "login">,
  { address, correlation }: CallContext,
): (error: unknown) => Promise<never> {
  return async (error) => {
    const found = await employees.findByLogin(tenant, login);
    const somebody = found ?? (await employees.page(tenant, {}, { by: "createdAt", direction: 1, size: 1, token: "" })).items[0];
    if (somebody) {
      const object = found?.id ?? hash("login", tenant, login.toLowerCase());
      await logIns.failed({ tenant, object, actor: "public", correlation, address: addressHash({ hash }, address), at: now() }, error);
    }
    throw error;
  };
}

import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import type { Context } from "../context.ts";
import type { Employee } from "../domain/employee.ts";

/** The token of the instant that `issueToken` gave this employee, in a session from then on, or in the one that goes on. */
export async function signSession(
  { signToken, accessTokenMs, sessionMs }: Pick<Context, "signToken" | "accessTokenMs" | "sessionMs">,
  tenant: string,
  { id, lastTokenAt, profile, mustChangePassword }: Employee,
  start = lastTokenAt,
) {
  const session = { start, end: start + sessionMs };
  const ttlMs = Math.min(accessTokenMs, session.end - lastTokenAt);
  const accessToken = await signToken({ subject: id, tenant, roles: profile.roles, ttlMs, now: lastTokenAt, session, mustChangePassword });
  return { accessToken, expiresAt: timestampFromMs(lastTokenAt + ttlMs), sessionEndsAt: timestampFromMs(session.end), mustChangePassword };
}

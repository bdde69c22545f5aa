import { timestampMs } from "@bufbuild/protobuf/wkt";
import { rolesOf, type Session } from "../session/session.ts";
import { sessions } from "./clients.ts";

export async function logIn(tenant: string, login: string, password: string): Promise<Session> {
  const { accessToken, expiresAt, employeeId, name } = await sessions.logIn({ tenant, login, password });
  return {
    tenant,
    login,
    name,
    token: accessToken,
    employeeId,
    roles: rolesOf(accessToken),
    expiresAt: expiresAt ? timestampMs(expiresAt) : Date.now() + 3_600_000,
  };
}

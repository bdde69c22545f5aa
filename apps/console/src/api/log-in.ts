import { timestampMs } from "@bufbuild/protobuf/wkt";
import { ofToken, type Session } from "../session/session.ts";
import { sessions } from "./clients.ts";
import { errorCode } from "./error-text.ts";

/** What shows at the next log-in that this account was used on this machine before: strangers cannot keep it out then. */
const deviceKey = (tenant: string, login: string) => `trunkline.device.${tenant}/${login.toLowerCase()}`;

/** A company is its id, letter for letter. Most are in small letters: whoever writes a capital of their own comes in all the same. */
export async function logIn(tenant: string, login: string, password: string): Promise<Session> {
  const small = tenant.toLowerCase();
  try {
    return await logInTo(tenant, login, password);
  } catch (error) {
    if (small === tenant || errorCode(error) !== "login_failed") throw error;
    return logInTo(small, login, password);
  }
}

async function logInTo(tenant: string, login: string, password: string): Promise<Session> {
  const known = deviceKey(tenant, login);
  const answer = await sessions.logIn({ tenant, login, password, device: localStorage.getItem(known) ?? "" });
  localStorage.setItem(known, answer.device);
  const { accessToken, sessionEndsAt, employeeId, name, mustChangePassword } = answer;
  return { tenant, login, name, employeeId, mustChangePassword, sessionEndsAt: endOf(sessionEndsAt), ...ofToken(accessToken) };
}

/** The other sessions of this employee end; this one goes on as a new one. */
export async function changePassword(session: Session, oldPassword: string, newPassword: string): Promise<Session> {
  const { accessToken, sessionEndsAt } = await sessions.changePassword({ oldPassword, newPassword });
  return { ...session, mustChangePassword: false, sessionEndsAt: endOf(sessionEndsAt), ...ofToken(accessToken) };
}

const endOf = (at: Parameters<typeof timestampMs>[0] | undefined) => (at ? timestampMs(at) : Date.now() + 3_600_000);

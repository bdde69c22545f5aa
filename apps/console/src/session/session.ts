import { useSyncExternalStore } from "react";
import { type Refusal, refusalOf } from "./refusal.ts";
import { findsByNumber, seesContactDetails } from "./rights.ts";

/** Who is logged in here; kept for this tab only. */
export type Session = {
  readonly tenant: string;
  readonly login: string;
  readonly name: string;
  readonly token: string;
  /** When another token is asked for; epoch ms by this machine's clock. */
  readonly renewAt: number;
  /** Until then the session is renewed by itself; epoch ms. */
  readonly sessionEndsAt: number;
  /** The password is a temporary one: nothing but changing it works. */
  readonly mustChangePassword: boolean;
  readonly employeeId: string;
  readonly roles: readonly string[];
};

const STORED = "trunkline.session";
let session = stored();
/** The server said no to the token, whatever its time says. */
let refused: Refusal | undefined;
const listeners = new Set<() => void>();
const tell = () => {
  for (const listener of listeners) listener();
};

function stored(): Session | undefined {
  const text = sessionStorage.getItem(STORED);
  return text === null ? undefined : (JSON.parse(text) as Session);
}

export const currentSession = (): Session | undefined => session;

export function setSession(next: Session | undefined): void {
  session = next;
  refused = undefined;
  if (next) sessionStorage.setItem(STORED, JSON.stringify(next));
  else sessionStorage.removeItem(STORED);
  tell();
}

/**
 * Ends the session here at once, and on the server as soon as it can be told, also while the page goes away. By plain fetch:
 * only that outlives the page.
 */
export function logOut(): void {
  const token = session?.token;
  setSession(undefined);
  if (!token) return;
  fetch("/trunkline.workforce.v1.SessionService/LogOut", {
    method: "POST",
    keepalive: true,
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: "{}",
  }).catch(() => undefined);
}

/** @param code why, as the server gave it */
export function tokenRefused(code: string): void {
  if (!session || refused) return;
  refused = refusalOf(code, session.sessionEndsAt - Date.now());
  tell();
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
export const useSession = (): Session | undefined => useSyncExternalStore(subscribe, currentSession);
export const useTokenRefused = (): Refusal | undefined => useSyncExternalStore(subscribe, () => refused);

/** What a token says of its holder and itself. Only for what to show and when to renew: the server checks for itself. */
export function ofToken(token: string): Pick<Session, "token" | "roles" | "renewAt"> {
  const [, payload = ""] = token.split(".");
  const claims = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))) as {
    rol: readonly string[];
    iat: number;
    exp: number;
  };
  // Its life, not its end: this machine's clock may be wrong.
  return { token, roles: claims.rol, renewAt: Date.now() + ((claims.exp - claims.iat) * 1_000) / 2 };
}

const rolesOf = (reader: Session | undefined) => reader?.roles ?? [];
export const useSeesContactDetails = (): boolean => seesContactDetails(rolesOf(useSession()));
export const useFindsByNumber = (): boolean => findsByNumber(rolesOf(useSession()));

const isSupervisor = ({ roles }: Session): boolean => roles.includes("supervisor");
export const worksCalls = (session: Session): boolean =>
  session.roles.includes("agent") || session.roles.includes("masked_agent") || isSupervisor(session);

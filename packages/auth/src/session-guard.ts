import { DomainError } from "@trunkline/errors";
import type { Principal } from "./principal.ts";

/** No access token lives longer. */
export const LONGEST_TOKEN_MS = 900_000;
/** More than all employees of a large centre who could log out within the life of a token. */
const MOST = 200_000;

/** Tokens made until `tokensEndedAt` are good no more, sessions begun until `sessionsEndedAt` are over; epoch ms. */
export type Ended = { readonly tokensEndedAt: number; readonly sessionsEndedAt: number };

export type SessionGuard = {
  /** Remembers until every token from before has run out by itself. */
  end(tenant: string, employeeId: string, ended: Ended, now: number): void;
  /** @throws DomainError unauthenticated session_over | token_stale */
  check(principal: Principal): void;
  /** Tells of what ends, perhaps several times. */
  follow(heard: (tenant: string, employeeId: string, ended: Ended) => void): Disposable;
};

/** @throws DomainError unauthenticated session_over | token_stale */
export function checkNotEnded({ issuedAt, sessionStart }: Pick<Principal, "issuedAt" | "sessionStart">, ended: Ended): void {
  if (sessionStart <= ended.sessionsEndedAt) throw sessionOver();
  if (issuedAt > ended.tokensEndedAt) return;
  throw new DomainError("unauthenticated", "token_stale", "your rights have changed since this token was made: renew it");
}

export function sessionOver(): DomainError {
  return new DomainError("unauthenticated", "session_over", "this session is over: log in again");
}

/** Whose sessions have ended, as far as a token from before could still be alive. The oldest goes where there are too many. */
export function createSessionGuard(): SessionGuard {
  const ended = new Map<string, Ended & { readonly forgetAt: number }>();
  const following = new Set<(tenant: string, employeeId: string, what: Ended) => void>();
  return {
    end(tenant, employeeId, what, now) {
      const key = `${tenant}/${employeeId}`;
      // The one heard of last is the last of the map: those to be forgotten stand in front.
      ended.delete(key);
      ended.set(key, { ...what, forgetAt: now + LONGEST_TOKEN_MS });
      for (const [first, { forgetAt }] of ended) {
        if (forgetAt > now && ended.size <= MOST) break;
        ended.delete(first);
      }
      for (const heard of following) heard(tenant, employeeId, what);
    },
    follow(heard) {
      following.add(heard);
      return { [Symbol.dispose]: () => void following.delete(heard) };
    },
    check(principal) {
      const found = ended.get(`${principal.tenant}/${principal.id}`);
      if (found && principal.kind === "employee") checkNotEnded(principal, found);
    },
  };
}

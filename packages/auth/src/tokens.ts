import { DomainError } from "@trunkline/errors";
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
  SignJWT,
} from "jose";
import { dataScopeOf, permissionsOf, SERVICE_REACH } from "./permissions.ts";
import type { Principal } from "./principal.ts";
import { sessionOver } from "./session-guard.ts";

const AUDIENCE = "trunkline";
const ALGORITHM = "EdDSA";
/** A token whose signature was checked is not checked again for so long; whether its session is over is asked each time (SessionGuard). */
const CACHE_MS = 5_000;
const CACHE_ENTRIES = 10_000;
/** No clock is further ahead. */
const AHEAD_MS = 60_000;

export type TokenSigner = (claims: {
  subject: string;
  tenant?: string;
  roles?: readonly string[];
  ttlMs: number;
  now: number;
  session?: { readonly start: number; readonly end: number };
  mustChangePassword?: boolean;
}) => Promise<string>;
/** @param late a token that has run out is good until its session's end: for calls that only concern the session itself */
export type TokenVerifier = (token: string, now: number, late?: boolean) => Promise<Principal>;

/** A fresh Ed25519 pair for each issuer; the private half goes to that service alone, the set to all. */
export async function generateKeys(issuers: readonly string[]): Promise<{ privateKeys: Record<string, JWK>; trusted: JSONWebKeySet }> {
  const pairs = await Promise.all(
    issuers.map(async (issuer) => {
      const pair = await generateKeyPair(ALGORITHM, { extractable: true });
      const [secret, open] = await Promise.all([exportJWK(pair.privateKey), exportJWK(pair.publicKey)]);
      return { issuer, secret: { ...secret, kid: issuer, alg: ALGORITHM }, open: { ...open, kid: issuer, alg: ALGORITHM } };
    }),
  );
  return {
    privateKeys: Object.fromEntries(pairs.map((pair) => [pair.issuer, pair.secret])),
    trusted: { keys: pairs.map((pair) => pair.open) },
  };
}

/** Signs for one issuer: `workforce` for employees, a service's own name for that service. Times are epoch milliseconds. */
export async function createTokenSigner(issuer: string, privateKey: JWK): Promise<TokenSigner> {
  const key = await importJWK(privateKey, ALGORITHM);
  return ({ subject, tenant, roles, ttlMs, now, session, mustChangePassword }) =>
    new SignJWT({
      ...(tenant ? { tnt: tenant } : {}),
      ...(roles ? { rol: roles } : {}),
      ...(session ? { sst: session.start, sen: session.end } : {}),
      ...(mustChangePassword ? { mcp: true } : {}),
    })
      .setProtectedHeader({ alg: ALGORITHM, kid: issuer })
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      // With its milliseconds, which the standard allows: what ended a session in the same second is before or after it.
      .setIssuedAt(now / 1000)
      .setExpirationTime(Math.floor((now + ttlMs) / 1000))
      .sign(key);
}

/** The service's own token, made anew when four fifths of its hour have passed. */
export function createServiceToken(service: string, signer: TokenSigner, now: () => number): () => Promise<string> {
  const ttlMs = 3_600_000;
  let current: { token: Promise<string>; until: number } | undefined;
  return () => {
    const at = now();
    if (!current || at > current.until || at < current.until - ttlMs) {
      const made = { token: signer({ subject: service, ttlMs, now: at }), until: at + ttlMs * 0.8 };
      current = made;
      made.token.catch(() => {
        if (current === made) current = undefined;
      });
    }
    return current.token;
  };
}

/**
 * Checks signature, issuer, audience, algorithm and time; keeps verified tokens for 5 s in a bounded map.
 * The key's id is the issuer, so a service cannot sign for another one nor for an employee.
 * @throws DomainError unauthenticated token_expired | token_invalid, with the detail `ahead` where it is right but for being from the future
 */
export function createTokenVerifier(trusted: JSONWebKeySet): TokenVerifier {
  const keys = createLocalJWKSet(trusted);
  const seen = new Map<string, { principal: Principal; until: number }>();
  return async (token, now, late = false) => {
    const known = seen.get(token);
    if (known && now < known.until && now < endOf(known.principal, late)) return known.principal;
    const principal = await verify(keys, token, now, late);
    if (seen.size >= CACHE_ENTRIES) seen.clear();
    seen.set(token, { principal, until: now + CACHE_MS });
    return principal;
  };
}

const endOf = ({ expiresAt, sessionEnd }: Principal, late: boolean) => (late ? Math.max(expiresAt, sessionEnd) : expiresAt);

async function verify(keys: ReturnType<typeof createLocalJWKSet>, token: string, now: number, late: boolean): Promise<Principal> {
  const claims = await claimsOf(keys, token, now);
  const principal = claims && toPrincipal(claims);
  const ahead = claims !== undefined && claims.iat * 1000 > now + AHEAD_MS;
  if (!principal || ahead)
    throw new DomainError(
      "unauthenticated",
      "token_invalid",
      "the token was not accepted: log in for a new one",
      principal ? { ahead } : {},
    );
  if (now < endOf(principal, late)) return principal;
  if (late) throw sessionOver();
  throw new DomainError("unauthenticated", "token_expired", "the token has expired: renew it, or log in again");
}

type Claims = {
  iss: string;
  sub: string;
  iat: number;
  exp: number;
  tnt?: unknown;
  rol?: unknown;
  sst?: unknown;
  sen?: unknown;
  mcp?: unknown;
};

/** What the key's owner signed, also where its time is over; undefined for what nobody signed for us. */
async function claimsOf(keys: ReturnType<typeof createLocalJWKSet>, token: string, now: number): Promise<Claims | undefined> {
  const options = { audience: AUDIENCE, algorithms: [ALGORITHM], currentDate: new Date(now), requiredClaims: ["sub", "exp", "iat", "iss"] };
  const claims = await jwtVerify(token, keys, options).then(
    ({ payload }) => payload,
    // Of all that is checked the end comes last.
    (error: unknown) => (error instanceof errors.JWTExpired ? error.payload : undefined),
  );
  return claims && claims.iss === decodeProtectedHeader(token).kid ? (claims as Claims) : undefined;
}

/** Undefined for a service that speaks for another one, or for an employee. */
function toPrincipal({ iss, sub, iat, exp, tnt, rol, sst, sen, mcp }: Claims): Principal | undefined {
  const times = { issuedAt: Math.round(iat * 1000), expiresAt: Math.floor(exp * 1000) };
  if (iss === "workforce" && typeof tnt === "string" && Array.isArray(rol)) {
    const roles = mcp === true ? [] : rol.map(String);
    const session = {
      sessionStart: typeof sst === "number" ? sst : times.issuedAt,
      sessionEnd: typeof sen === "number" ? sen : times.expiresAt,
      mustChangePassword: mcp === true,
    };
    return {
      kind: "employee",
      id: sub,
      tenant: tnt,
      roles,
      permissions: permissionsOf(roles),
      dataScope: dataScopeOf(roles),
      ...times,
      ...session,
    };
  }
  if (iss !== sub) return undefined;
  return {
    kind: "service",
    id: sub,
    tenant: undefined,
    roles: [],
    permissions: new Set(SERVICE_REACH[sub] ?? []),
    dataScope: "all",
    ...times,
    sessionStart: times.issuedAt,
    sessionEnd: times.expiresAt,
    mustChangePassword: false,
  };
}

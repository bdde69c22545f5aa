import { DomainError } from "@trunkline/errors";
import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, type JSONWebKeySet, type JWK, jwtVerify, SignJWT } from "jose";
import { dataScopeOf, permissionsOf, SERVICE_REACH } from "./permissions.ts";
import type { Principal } from "./principal.ts";

const AUDIENCE = "trunkline";
const ALGORITHM = "EdDSA";
/** A revoked or expired token may be believed this long after it was last checked. */
const CACHE_MS = 5_000;
const CACHE_ENTRIES = 10_000;

export type TokenSigner = (claims: {
  subject: string;
  tenant?: string;
  roles?: readonly string[];
  ttlMs: number;
  now: number;
}) => Promise<string>;
export type TokenVerifier = (token: string, now: number) => Promise<Principal>;

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
  return ({ subject, tenant, roles, ttlMs, now }) =>
    new SignJWT({ ...(tenant ? { tnt: tenant } : {}), ...(roles ? { rol: roles } : {}) })
      .setProtectedHeader({ alg: ALGORITHM, kid: issuer })
      .setIssuer(issuer)
      .setAudience(AUDIENCE)
      .setSubject(subject)
      .setIssuedAt(Math.floor(now / 1000))
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
 * @throws DomainError unauthenticated token_expired | token_invalid
 */
export function createTokenVerifier(trusted: JSONWebKeySet): TokenVerifier {
  const keys = createLocalJWKSet(trusted);
  const seen = new Map<string, { principal: Principal; until: number }>();
  return async (token, now) => {
    const known = seen.get(token);
    if (known && now < known.until && now < known.principal.expiresAt * 1000) return known.principal;
    const principal = await verify(keys, token, now);
    if (seen.size >= CACHE_ENTRIES) seen.clear();
    seen.set(token, { principal, until: now + CACHE_MS });
    return principal;
  };
}

async function verify(keys: ReturnType<typeof createLocalJWKSet>, token: string, now: number): Promise<Principal> {
  try {
    const { payload, protectedHeader } = await jwtVerify(token, keys, {
      audience: AUDIENCE,
      algorithms: [ALGORITHM],
      currentDate: new Date(now),
      requiredClaims: ["sub", "exp", "iat", "iss"],
    });
    if (payload.iss !== protectedHeader.kid) throw new Error("issuer and key differ");
    return toPrincipal(payload as { iss: string; sub: string; iat: number; exp: number; tnt?: unknown; rol?: unknown });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_JWT_EXPIRED") {
      throw new DomainError("unauthenticated", "token_expired", "the token has expired: log in again");
    }
    throw new DomainError("unauthenticated", "token_invalid", "the token was not accepted: log in for a new one");
  }
}

function toPrincipal(claims: { iss: string; sub: string; iat: number; exp: number; tnt?: unknown; rol?: unknown }): Principal {
  if (claims.iss === "workforce" && typeof claims.tnt === "string" && Array.isArray(claims.rol)) {
    const roles = claims.rol.map(String);
    const rights = { permissions: permissionsOf(roles), dataScope: dataScopeOf(roles) };
    return { kind: "employee", id: claims.sub, tenant: claims.tnt, ...rights, issuedAt: claims.iat, expiresAt: claims.exp };
  }
  if (claims.iss !== claims.sub) throw new Error("a service speaks only for itself");
  return {
    kind: "service",
    id: claims.sub,
    tenant: undefined,
    permissions: new Set(SERVICE_REACH[claims.sub] ?? []),
    dataScope: "all",
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  };
}

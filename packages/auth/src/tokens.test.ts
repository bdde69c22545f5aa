import { beforeAll, describe, expect, it } from "@jest/globals";
import { importJWK, type JSONWebKeySet, type JWK, SignJWT } from "jose";
import { SERVICE_REACH } from "./permissions.ts";
import { createServiceToken, createTokenSigner, createTokenVerifier, generateKeys, type TokenSigner } from "./tokens.ts";

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const invalid = { kind: "unauthenticated", code: "token_invalid" };
const expired = { kind: "unauthenticated", code: "token_expired" };

describe("tokens", () => {
  let privateKeys: Record<string, JWK>;
  let trusted: JSONWebKeySet;
  let workforce: TokenSigner;
  let telephony: TokenSigner;
  beforeAll(async () => {
    ({ privateKeys, trusted } = await generateKeys(["workforce", "telephony"]));
    workforce = await createTokenSigner("workforce", privateKeys["workforce"] as JWK);
    telephony = await createTokenSigner("telephony", privateKeys["telephony"] as JWK);
  });
  const employee = (now = NOW, ttlMs = HOUR) => workforce({ subject: "e1", tenant: "t1", roles: ["engineer"], ttlMs, now });
  const verifier = () => createTokenVerifier(trusted);

  it("of an employee say who, in which tenant, and with which permissions, until when", async () => {
    const principal = await verifier()(await employee(), NOW);
    expect(principal).toMatchObject({ kind: "employee", id: "e1", tenant: "t1", expiresAt: NOW + HOUR });
    expect(principal.permissions.has("work_order.work")).toBe(true);
    expect(principal.permissions.has("employee.write")).toBe(false);
  });

  it("of a service are for every tenant and reach as far as that service does", async () => {
    const principal = await verifier()(await telephony({ subject: "telephony", ttlMs: HOUR, now: NOW }), NOW);
    expect(principal).toMatchObject({ kind: "service", id: "telephony", tenant: undefined });
    expect([...principal.permissions]).toEqual(SERVICE_REACH["telephony"]);
  });

  it("hold until they expire and not a second longer, also where they were verified just before", async () => {
    const verify = verifier();
    const token = await employee(NOW, 10_000);
    await expect(verify(token, NOW + 9_000)).resolves.toMatchObject({ id: "e1" });
    await expect(verify(token, NOW + 10_000)).rejects.toMatchObject(expired);
    await expect(verifier()(token, NOW + 10_000)).rejects.toMatchObject(expired);
  });

  it("are good until their session's end for calls that concern only the session, and a second later for nothing", async () => {
    const session = { start: NOW - HOUR, end: NOW + 60_000 };
    const token = await workforce({ subject: "e1", tenant: "t1", roles: ["agent"], ttlMs: 10_000, now: NOW, session });
    const verify = verifier();
    await expect(verify(token, NOW + 20_000, true)).resolves.toMatchObject({ sessionStart: NOW - HOUR, sessionEnd: NOW + 60_000 });
    await expect(verify(token, NOW + 20_000)).rejects.toMatchObject(expired);
    await expect(verify(token, NOW + 60_000, true)).rejects.toMatchObject({ kind: "unauthenticated", code: "session_over" });
  });

  it("carry the millisecond in which they were made, and none is from more than a minute ahead", async () => {
    expect(await verifier()(await employee(NOW + 123), NOW + 200)).toMatchObject({ issuedAt: NOW + 123, sessionStart: NOW + 123 });
    await expect(verifier()(await employee(NOW + 60_000), NOW)).resolves.toMatchObject({ id: "e1" });
    for (const ahead of [60_001, 100 * HOUR])
      await expect(verifier()(await employee(NOW + ahead), NOW)).rejects.toMatchObject({ ...invalid, details: { ahead: true } });
  });

  it("of whoever must change the password first give no permission", async () => {
    const token = await workforce({ subject: "e1", tenant: "t1", roles: ["admin"], ttlMs: HOUR, now: NOW, mustChangePassword: true });
    const principal = await verifier()(token, NOW);
    expect([principal.permissions.size, principal.mustChangePassword]).toEqual([0, true]);
  });

  it("are believed for at most five seconds without being looked at again", async () => {
    const verify = verifier();
    const token = await employee();
    const first = await verify(token, NOW);
    expect(await verify(token, NOW + 4_999)).toBe(first);
    expect(await verify(token, NOW + 5_000)).not.toBe(first);
  });

  it("may not speak for an employee or another service unless the issuer is workforce", async () => {
    const verify = verifier();
    const claims = { ttlMs: HOUR, now: NOW };
    const asEmployee = await telephony({ subject: "e1", tenant: "t1", roles: ["admin"], ...claims });
    const asWorkforce = await telephony({ subject: "workforce", ...claims });
    const asTelephony = await workforce({ subject: "telephony", ...claims });
    for (const token of [asEmployee, asWorkforce, asTelephony])
      await expect(verify(token, NOW)).rejects.toMatchObject({ ...invalid, details: {} });
  });

  it("must be signed by the issuer's own key, with the one algorithm, for this audience, with a beginning and an end", async () => {
    const verify = verifier();
    const key = await importJWK(privateKeys["telephony"] as JWK, "EdDSA");
    const base = () =>
      new SignJWT({})
        .setIssuer("telephony")
        .setSubject("telephony")
        .setAudience("trunkline")
        .setIssuedAt(NOW / 1000)
        .setExpirationTime(NOW / 1000 + 60);
    const sign = (jwt: SignJWT, header = {}) => jwt.setProtectedHeader({ alg: "EdDSA", kid: "telephony", ...header }).sign(key);
    await expect(verify(await sign(base()), NOW)).resolves.toMatchObject({ id: "telephony" });
    const open = trusted.keys.find(({ kid }) => kid === "telephony");
    const shared = new TextEncoder().encode(String(open?.["x"]));
    const unsigned = `${Buffer.from('{"alg":"none","kid":"telephony"}').toString("base64url")}.${(await sign(base())).split(".")[1]}.`;
    const plain = () => new SignJWT({}).setIssuer("telephony").setSubject("telephony").setAudience("trunkline");
    const wrong = [
      await sign(base().setAudience("elsewhere")),
      await sign(base().setIssuer("workforce")),
      await sign(base(), { kid: "workforce" }),
      await sign(base(), { kid: "nobody" }),
      await sign(plain().setIssuedAt(NOW / 1000)),
      await sign(plain().setExpirationTime(NOW / 1000 + 60)),
      await base().setProtectedHeader({ alg: "HS256", kid: "telephony" }).sign(shared),
      unsigned,
      `${(await sign(base())).slice(0, -4)}AAAA`,
      "",
      "a.b.c",
    ];
    for (const [index, token] of wrong.entries()) {
      const answer = await verify(token, NOW).then(
        () => "accepted",
        (error: { code: string }) => error.code,
      );
      expect([index, answer]).toEqual([index, "token_invalid"]);
    }
  });

  it("keep private keys out of the set that all services get", () => {
    expect(trusted.keys.map(({ kid }) => kid)).toEqual(["workforce", "telephony"]);
    for (const key of trusted.keys) expect(key).not.toHaveProperty("d");
    expect(privateKeys["workforce"]).toHaveProperty("d");
  });
});

describe("a service's own token", () => {
  it("is made once and anew before it expires, also where the clock was moved back", async () => {
    let now = NOW;
    let made = 0;
    const signer: TokenSigner = async () => {
      made += 1;
      return `token ${made}`;
    };
    const token = createServiceToken("telephony", signer, () => now);
    expect([await token(), await token()]).toEqual(["token 1", "token 1"]);
    now += 0.8 * HOUR;
    expect(await token()).toBe("token 1");
    now += 1;
    expect(await token()).toBe("token 2");
    now -= 2 * HOUR;
    expect(await token()).toBe("token 3");
  });

  it("is asked for again where signing failed", async () => {
    let broken = true;
    const token = createServiceToken(
      "telephony",
      async () => (broken ? Promise.reject(new Error("no key")) : "token"),
      () => NOW,
    );
    await expect(token()).rejects.toThrow("no key");
    broken = false;
    await expect(token()).resolves.toBe("token");
  });
});

// Every method of the contracts against every kind of caller, over gRPC; what is to come out follows from the table of rights alone.
import { type DescMethod, getOption } from "@bufbuild/protobuf";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { createTokenSigner, createTokenVerifier, generateKeys, permissionsOf, ROLES, SERVICE_REACH, SESSION_OWN } from "@trunkline/auth";
import { permission } from "@trunkline/proto";
import { type CallContext, type ClientOptions, createClient, implement, serveRpc } from "@trunkline/rpc";
import { CONTRACT_SERVICES } from "./contracts.ts";

const HOUR = 3_600_000;
const NOW = 1_800_000_000_000;
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const METHODS = CONTRACT_SERVICES.flatMap(({ methods }) => methods);
const neededBy = (method: DescMethod) => getOption(method, permission);

let stack: AsyncDisposableStack;
let address: string;
let sign: (issuer: string, claims: { tenant?: string; roles?: string[]; subject?: string; ageMs?: number }) => Promise<string>;
let met: CallContext | undefined;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  const names = ["workforce", ...Object.keys(SERVICE_REACH)];
  const { privateKeys, trusted } = await generateKeys([...new Set(names)]);
  sign = async (issuer, { subject = issuer, ageMs = 0, ...claims }) =>
    (await createTokenSigner(issuer, privateKeys[issuer] as never))({ subject, ttlMs: HOUR, now: NOW - ageMs, ...claims });
  const unary = async (_context: object, _request: unknown, call: CallContext) => {
    met = call;
    return {};
  };
  const streaming = async function* (_context: object, _request: unknown, call: CallContext) {
    met = call;
    yield {};
  };
  const services = CONTRACT_SERVICES.map((service) => {
    const handlers = service.methods.map(({ localName, methodKind }) => [localName, methodKind === "unary" ? unary : streaming]);
    return implement(service, {}, Object.fromEntries(handlers) as never);
  });
  const server = await serveRpc({
    host: "127.0.0.1",
    port: 0,
    services,
    verifyToken: createTokenVerifier(trusted),
    checkSession: () => undefined,
    log: silent,
    now: () => NOW,
    audit: async () => undefined,
  });
  address = stack.use(server).address;
});
afterAll(() => stack.disposeAsync());

type Tokens = Pick<ClientOptions, "token" | "userToken">;
const alone = (token: string): Tokens => ({ token: async () => token });
const carried = async (claims: Parameters<typeof sign>[1]): Promise<Tokens> => {
  const [own, user] = await Promise.all([sign("gateway", {}), sign("workforce", { subject: "e1", tenant: "t1", ...claims })]);
  return { token: async () => own, userToken: async () => user };
};

/** How each method answers: "in" where the caller is let in, be the empty request right or not; else the code of the refusal. */
async function outcomes(tokens: Tokens, tenant?: string): Promise<Record<string, string>> {
  const rows: Record<string, string> = {};
  for (const service of CONTRACT_SERVICES) {
    await using client = createClient(service, { address, deadlineMs: 10_000, ...tokens });
    for (const method of service.methods) {
      met = undefined;
      const call = (client as unknown as Record<string, (request: object, how: object) => unknown>)[method.localName];
      const answer = call?.({}, tenant === undefined ? {} : { tenant });
      const done = method.methodKind === "unary" ? (answer as Promise<unknown>) : Array.fromAsync(answer as AsyncIterable<unknown>);
      const code = await done.then(
        () => "in",
        (error: { code: string }) => error.code,
      );
      rows[String(method)] = code === "field_invalid" ? "in" : code;
    }
  }
  return rows;
}

const expected = (of: (needed: string) => string) => Object.fromEntries(METHODS.map((method) => [String(method), of(neededBy(method))]));
const held = (permissions: ReadonlySet<string>) => (needed: string) =>
  needed === "public" || needed === "authenticated" || permissions.has(needed) ? "in" : "permission_denied";

describe("every method of the contracts", () => {
  it("lets nobody in without a token, but where it is public", async () => {
    expect(await outcomes({ token: undefined })).toEqual(expected((needed) => (needed === "public" ? "in" : "token_missing")));
    expect(METHODS.length).toBeGreaterThan(60);
  });

  it("takes a user's token from no hand but a carrier's", async () => {
    const user = await sign("workforce", { subject: "e1", tenant: "t1", roles: Object.keys(ROLES) });
    expect(await outcomes(alone(user))).toEqual(expected(() => "carrier_missing"));
    const own = await sign("marketing", {});
    expect(new Set(Object.values(await outcomes({ ...alone(own), userToken: async () => user })))).toEqual(new Set(["permission_denied"]));
  });

  it("lets nobody in with a token that has run out, forged or signed by a service", async () => {
    const late = expected((needed) => (needed === SESSION_OWN ? "session_over" : "token_expired"));
    expect(await outcomes(await carried({ roles: Object.keys(ROLES), ageMs: 2 * HOUR }))).toEqual(late);
    const { token } = await carried({});
    for (const userToken of ["forged", await sign("telephony", { subject: "e1", tenant: "t1", roles: ["supervisor"] })])
      expect(new Set(Object.values(await outcomes({ token, userToken: async () => userToken })))).toEqual(new Set(["token_invalid"]));
  });

  it.each([...Object.keys(ROLES), "wizard", "__proto__", "constructor", ""])("lets the role %j in where the table says", async (role) => {
    const rows = await outcomes(await carried({ roles: [role] }));
    const may = held(permissionsOf([role]));
    expect(rows).toEqual(expected((needed) => (needed === SESSION_OWN ? "in" : may(needed))));
  });

  it.each(Object.keys(SERVICE_REACH))("lets the service %s in for itself where the table says", async (service) => {
    const may = held(new Set(SERVICE_REACH[service]));
    expect(await outcomes(alone(await sign(service, {})), "t1")).toEqual(expected(may));
  });

  it("works in the tenant of the user's token, whatever the call names", async () => {
    const tokens = await carried({ tenant: "t2", roles: Object.keys(ROLES) });
    const tenants = new Set<string>();
    for (const service of CONTRACT_SERVICES) {
      await using client = createClient(service, { address, deadlineMs: 10_000, ...tokens });
      for (const { localName, methodKind } of service.methods) {
        if (methodKind !== "unary") continue;
        met = undefined;
        const call = (client as unknown as Record<string, (request: object, how: object) => Promise<unknown>>)[localName];
        await call?.({}, { tenant: "t1" }).catch(() => undefined);
        const context = met as CallContext | undefined;
        if (context) tenants.add(context.tenant);
      }
    }
    expect(tenants).toEqual(new Set(["t2"]));
  });
});

import type { MessageInitShape } from "@bufbuild/protobuf";
import { credentials, Client as GrpcClient, Metadata, type ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type CreateCustomerRequestSchema, CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { SessionService } from "@trunkline/proto/workforce";
import { createClient } from "./client.ts";
import { type CallContext, implement } from "./implement.ts";
import { fromStatus } from "./status.ts";
import { HOUR, openWorld, refusal, type Served, serve, sessionHandlers, type World } from "./testing.ts";

describe("a call is admitted", () => {
  let world: World;
  let served: Served;
  let met: CallContext[] = [];
  beforeAll(async () => {
    world = await openWorld();
    served = await serve(world, {
      getCustomer: async (_context, _request, call) => {
        met.push(call);
        return {};
      },
      createCustomer: async (_context, _request, call) => {
        met.push(call);
        return {};
      },
    });
  });
  afterAll(async () => served[Symbol.asyncDispose]());
  const get = (token: string | undefined, options = {}) => {
    met = [];
    return served.customers(token).getCustomer({ customerId: "c1" }, options);
  };

  it("only with a token", async () => {
    expect(await refusal(get(undefined))).toMatchObject({ kind: "unauthenticated", code: "token_missing" });
    expect(met).toEqual([]);
  });

  it("only with one that has not expired", async () => {
    const token = await world.signers["workforce"]?.({
      subject: "e1",
      tenant: "t1",
      roles: ["agent"],
      ttlMs: HOUR,
      now: Date.now() - 2 * HOUR,
    });
    expect(await refusal(get(token))).toMatchObject({ kind: "unauthenticated", code: "token_expired" });
  });

  it("not with one from the future, and whoever calls hears that it is only that", async () => {
    const token = await world.signers["telephony"]?.({ subject: "telephony", ttlMs: HOUR, now: Date.now() + 2 * HOUR });
    expect(await refusal(get(token))).toMatchObject({ code: "token_invalid", details: { ahead: "true" } });
  });

  it("only with one whose key is known", async () => {
    expect(await refusal(get(await world.service("stranger")))).toMatchObject({ kind: "unauthenticated", code: "token_invalid" });
    expect(await refusal(get("no.token.atall"))).toMatchObject({ kind: "unauthenticated", code: "token_invalid" });
  });

  it("not from a service that signs for another one, or for an employee", async () => {
    const claims = { ttlMs: HOUR, now: Date.now() };
    const asOther = await world.signers["telephony"]?.({ subject: "service-desk", ...claims });
    const asUser = await world.signers["telephony"]?.({ subject: "e1", tenant: "t1", roles: ["admin"], ...claims });
    for (const token of [asOther, asUser]) expect(await refusal(get(token))).toMatchObject({ code: "token_invalid" });
  });

  it("for a user with the permission, and refused by its name without", async () => {
    await get(await world.user("agent"));
    expect(met[0]).toMatchObject({ tenant: "t1", actor: "employee/e1" });
    expect(await refusal(get(await world.user("unheard-of")))).toMatchObject({
      kind: "forbidden",
      code: "permission_denied",
      details: { permission: "customer.read" },
    });
  });

  it("for a service within its reach and in the tenant that it names", async () => {
    const own = await world.service("service-desk");
    await get(own, { tenant: "t2" });
    expect(met[0]).toMatchObject({ tenant: "t2", actor: "service/service-desk" });
    expect(await refusal(get(await world.service("gateway"), { tenant: "t2" }))).toMatchObject({ code: "permission_denied" });
    expect(await refusal(get(own))).toMatchObject({ kind: "invalid", code: "tenant_missing" });
  });

  it.each(["t1/c9", "../t1", "t 1", "t1:c9", "t".repeat(65)])("not in a tenant that is called %j", async (tenant) => {
    expect(await refusal(get(await world.service("service-desk"), { tenant }))).toMatchObject({ kind: "invalid", code: "tenant_invalid" });
  });

  it("for the user whom a service carries, with the user's permission, in the user's tenant", async () => {
    const gateway = await world.service("gateway");
    await get(gateway, { userToken: await world.user("agent"), tenant: "t2" });
    expect(met[0]).toMatchObject({ tenant: "t1", actor: "employee/e1", principal: { kind: "employee" } });
    expect(await refusal(get(gateway, { userToken: await world.user() }))).toMatchObject({ code: "permission_denied" });
    expect(await refusal(get(gateway, { userToken: "forged" }))).toMatchObject({ code: "token_invalid" });
  });

  it("in the tenant of the user's token, whatever the header names", async () => {
    await get(await world.user("agent"), { tenant: "t2" });
    expect(met[0]?.tenant).toBe("t1");
  });

  it("not for a user whom no service carries, nor for a service in a user's place", async () => {
    const [user, service, gateway] = [await world.user("agent"), await world.service("service-desk"), await world.service("gateway")];
    await using bare = createClient(CustomerService, { address: served.address, token: async () => user, deadlineMs: 60_000 });
    const alone = (options: object) => refusal(bare.getCustomer({ customerId: "c1" }, options));
    expect(await alone({})).toMatchObject({ kind: "unauthenticated", code: "carrier_missing" });
    expect(await alone({ userToken: user })).toMatchObject({ code: "token_invalid" });
    expect(await refusal(get(gateway, { userToken: service, tenant: "t1" }))).toMatchObject({ code: "token_invalid" });
    expect(await refusal(get(undefined, { userToken: user }))).toMatchObject({ code: "token_missing" });
    // Its own reach holds the method; acting for users is another matter.
    const refused = await refusal(get(service, { userToken: user }));
    expect(refused).toMatchObject({ code: "permission_denied", details: { permission: "user.carry" } });
  });

  it("with valid fields: a refusal names the field and its rule but never what it held", async () => {
    const customers = served.customers(await world.user("agent"));
    const canary = "canary-91-李娜@@";
    const person = { kind: CustomerKind.PERSON, name: "x" };
    const wrong = [
      [{ ...person, emails: ["ok@example.com", canary] }, "emails.1"],
      [{ ...person, name: canary.repeat(30) }, "name"],
      [{ ...person, grade: canary }, "grade"],
      [{ ...person, kind: 77 as CustomerKind }, "kind"],
      [{ name: canary }, "kind"],
    ] satisfies [MessageInitShape<typeof CreateCustomerRequestSchema>, string][];
    for (const [request, field] of wrong) {
      const refused = await refusal(customers.createCustomer(request));
      expect(refused).toMatchObject({ kind: "invalid", code: "field_invalid", details: { field } });
      expect(refused.message).toMatch(new RegExp(`^${field.replace(".", "\\.")}: .+`));
      expect(JSON.stringify(refused)).not.toContain("canary");
    }
    expect(JSON.stringify(served.logged)).not.toContain("canary");
  });

  it("with bytes that are its message, or is refused as the caller's fault", async () => {
    const channel = new GrpcClient(served.address, credentials.createInsecure());
    const metadata = new Metadata();
    metadata.set("authorization", `Bearer ${await world.service("service-desk")}`);
    metadata.set("trunkline-tenant", "t1");
    const bytes = (buffer: Buffer) => buffer;
    const error = await new Promise<ServiceError | null>((resolve) => {
      const path = "/trunkline.customer.v1.CustomerService/GetCustomer";
      channel.makeUnaryRequest(path, bytes, bytes, Buffer.from([0xff, 0xff]), metadata, (failure) => resolve(failure));
    });
    channel.close();
    expect(fromStatus(error as ServiceError)).toMatchObject({ kind: "invalid", code: "message_malformed" });
  });

  it("with one name for its try, where the request has one", async () => {
    const customers = served.customers(await world.user("agent"));
    const request = { requestId: "r1", kind: CustomerKind.PERSON, name: "x" };
    const retryOf = async (body: typeof request) => {
      met = [];
      await customers.createCustomer(body);
      return met[0]?.retry;
    };
    const first = await retryOf(request);
    expect(first).toMatchObject({ requestId: "r1", method: "trunkline.customer.v1.CustomerService/CreateCustomer" });
    expect((await retryOf(request))?.bodyHash).toBe(first?.bodyHash);
    expect((await retryOf({ ...request, name: "y" }))?.bodyHash).not.toBe(first?.bodyHash);
    expect(await retryOf({ ...request, requestId: "" })).toBeUndefined();
  });

  it("with the correlation and cause of whoever set it off, as far as they fit into a header", async () => {
    const token = await world.service("service-desk");
    const scoped = (correlation: string, causation: string) => get(token, { scope: { tenant: "t1", correlation, causation } });
    await scoped("corr-1", "t1/c1/7");
    expect(met[0]).toMatchObject({ correlation: "corr-1", causation: "t1/c1/7" });
    await scoped("x".repeat(300), "with space");
    expect(met[0]?.correlation).toMatch(/^[0-9a-f-]{36}$/);
    expect(met[0]?.causation).toBe("");
  });
});

describe("a public method", () => {
  it("needs no token, and takes none that is wrong", async () => {
    const world = await openWorld();
    const met: CallContext[] = [];
    const logIn = async (_context: object, _request: unknown, call: CallContext) => {
      met.push(call);
      return {};
    };
    await using served = await serve(world, {}, { services: [implement(SessionService, {}, { ...sessionHandlers, logIn })] });
    const request = { tenant: "t1", login: "li", password: "secret-enough" };
    await served.client(SessionService).logIn(request);
    await served.client(SessionService, await world.service("gateway")).logIn(request);
    expect(met.map(({ actor, tenant }) => [actor, tenant])).toEqual([
      ["service/public", "t1"],
      ["service/gateway", "t1"],
    ]);
    expect(await refusal(served.client(SessionService, "forged").logIn(request))).toMatchObject({ code: "token_invalid" });
  });
});

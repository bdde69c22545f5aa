import { describe, expect, it } from "@jest/globals";
import { CustomerKind, CustomerService } from "@trunkline/proto/customer";
import { SessionService } from "@trunkline/proto/workforce";
import { createClient } from "./client.ts";
import { implement } from "./implement.ts";
import { customerHandlers, openWorld, refusal, serve } from "./testing.ts";

describe("a method without a declared permission", () => {
  it("is not served", () => {
    const nameless = {
      ...CustomerService,
      methods: CustomerService.methods.map((method) => ({ ...method, proto: { ...method.proto, options: undefined } })),
    };
    expect(() => implement(nameless as never, {}, customerHandlers as never)).toThrow(
      /^trunkline\.customer\.v1\.CustomerService\.CreateCustomer declares no \(permission\): add the option/,
    );
  });

  it("nor one without a handler", () => {
    const { getCustomer: _, ...rest } = customerHandlers;
    expect(() => implement(CustomerService, {}, rest as never)).toThrow(/CustomerService\.GetCustomer has no handler/);
  });
});

describe("a client", () => {
  it("is refused a message that is too large, in both directions", async () => {
    const world = await openWorld();
    const listContacts = async () => ({ nextPageToken: "x".repeat(5 * 1024 * 1024) });
    await using served = await serve(world, { listContacts });
    const customers = served.customers(await world.user("agent"));
    const large = { kind: CustomerKind.PERSON, name: "x".repeat(5 * 1024 * 1024) };
    expect(await refusal(customers.createCustomer(large))).toMatchObject({ kind: "exhausted", code: "message_too_large" });
    expect(await refusal(customers.listContacts({ customerId: "c1" }))).toMatchObject({ kind: "exhausted", code: "message_too_large" });
  });

  it("finds no method that the server does not know yet, and may try again later", async () => {
    const world = await openWorld();
    await using served = await serve(world);
    await using client = createClient(SessionService, { address: served.address, token: undefined, deadlineMs: 60_000 });
    const refused = await refusal(client.logIn({ tenant: "t1", login: "li", password: "secret-enough" }));
    expect(refused).toMatchObject({ kind: "unavailable", code: "method_unknown" });
  });
});

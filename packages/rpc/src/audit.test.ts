import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { CustomerKind } from "@trunkline/proto/customer";
import { SessionService } from "@trunkline/proto/workforce";
import { implement } from "./implement.ts";
import { openWorld, refusal, serve } from "./testing.ts";

describe("an audited method", () => {
  const person = { kind: CustomerKind.PERSON, name: "x" };

  it("has its row stored before the reply, granted or refused", async () => {
    const world = await openWorld();
    const order: string[] = [];
    const rows: object[] = [];
    let outcome: unknown;
    const createCustomer = async () => {
      order.push("handled");
      if (outcome) throw outcome;
      return {};
    };
    const audit = async (entry: object) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      order.push("stored");
      rows.push(entry);
    };
    await using served = await serve(world, { createCustomer }, { audit });
    const call = async (token: string, name = "x", tenant = "") => {
      const refused = await refusal(
        served
          .customers(token)
          .createCustomer({ ...person, name }, { tenant })
          .then(() => Promise.reject(new Error("granted"))),
      );
      order.push(refused.code ?? refused.message);
    };
    const agent = await world.user("agent");
    await call(agent);
    outcome = new DomainError("rule_violated", "customer_merged", "this customer was merged");
    await call(agent);
    outcome = new Error("unforeseen");
    await call(agent);
    await call(await world.user());
    await call(agent, "");
    await call(await world.service("telephony"), "x", "t2");
    const stored = ["granted", "customer_merged", "internal_error"].flatMap((end) => ["handled", "stored", end]);
    const refused = ["permission_denied", "field_invalid", "permission_denied"].flatMap((end) => ["stored", end]);
    expect(order).toEqual([...stored, ...refused]);
    const row = {
      method: "trunkline.customer.v1.CustomerService/CreateCustomer",
      tenant: "t1",
      actor: "employee/e1",
      at: expect.any(Number),
    };
    expect(rows).toEqual([
      { ...row, code: "ok" },
      { ...row, code: "customer_merged" },
      { ...row, code: "internal_error" },
      { ...row, code: "permission_denied" },
      { ...row, code: "field_invalid" },
      { ...row, code: "permission_denied", actor: "service/telephony", tenant: "t2" },
    ]);
  });

  it("is answered as failed when its row cannot be stored, and only once", async () => {
    const world = await openWorld();
    let tries = 0;
    const audit = async () => {
      tries += 1;
      throw new DomainError("unavailable", "database_unavailable", "the database does not answer");
    };
    await using served = await serve(world, {}, { audit });
    const customers = served.customers(await world.user("agent"));
    expect(await refusal(customers.createCustomer(person))).toMatchObject({ kind: "unavailable", code: "database_unavailable" });
    expect(tries).toBe(1);
  });

  it("that is open to all has its row in the tenant that the message names", async () => {
    const world = await openWorld();
    const logIn = async () => Promise.reject(new DomainError("unauthenticated", "login_failed", "login or password is wrong"));
    await using served = await serve(world, {}, { services: [implement(SessionService, { logIn, logOut: async () => ({}) })] });
    const sessions = served.client(SessionService);
    await refusal(sessions.logIn({ tenant: "t7", login: "li.na", password: "wrong" }));
    expect(served.audited).toMatchObject([{ tenant: "t7", actor: "service/public", code: "login_failed" }]);
    expect(await refusal(sessions.logIn({ tenant: "t7/other", login: "li.na", password: "wrong" }))).toMatchObject({ kind: "invalid" });
  });

  it("leaves no row where it is not audited, or nobody is known", async () => {
    const world = await openWorld();
    await using served = await serve(world);
    await served.customers(await world.user("agent")).getCustomer({ customerId: "c1" });
    await refusal(served.customers("forged").createCustomer(person));
    expect(served.audited).toEqual([]);
  });
});

import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { CustomerKind } from "@trunkline/proto/customer";
import { EmployeeService } from "@trunkline/proto/workforce";
import { type Handlers, implement } from "./implement.ts";
import { openWorld, refusal, serve } from "./testing.ts";

const employeeHandlers: Handlers<typeof EmployeeService, object> = {
  createEmployee: async () => ({ employee: { employeeId: "made" } }),
  updateEmployee: async () => ({}),
  resetPassword: async () => Promise.reject(new Error("unforeseen")),
  getEmployee: async () => ({}),
  listColleagues: async () => ({}),
  listEmployees: async () => ({}),
};

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
      object: "",
      correlation: expect.any(String),
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

  it("says which record the call was about: as the request names it, or as the reply does that made it", async () => {
    const world = await openWorld();
    await using served = await serve(world, {}, { services: [implement(EmployeeService, {}, employeeHandlers)] });
    const employees = served.client(EmployeeService, await world.user("admin"));
    const profile = { active: true };
    const scope = { tenant: "t1", correlation: "corr-7", causation: "" };
    await employees.updateEmployee({ employeeId: "e7", profile }, { scope });
    await employees.createEmployee({ requestId: "r1", login: "li", name: "Li", password: "p", profile });
    await refusal(employees.resetPassword({ employeeId: "e9" }));
    expect(served.audited.map(({ object, code }) => [object, code])).toEqual([
      ["e7", "ok"],
      ["made", "ok"],
      ["e9", "internal_error"],
    ]);
    expect(served.audited.map(({ correlation }) => correlation)).toEqual([
      "corr-7",
      expect.stringMatching(/^[0-9a-f-]{36}$/),
      expect.stringMatching(/^[0-9a-f-]{36}$/),
    ]);
  });

  it("names who read personal data, also who was refused, one row a call; a service that asks for itself leaves none", async () => {
    const world = await openWorld();
    await using served = await serve(world);
    const agent = served.customers(await world.user("agent"));
    await agent.getCustomer({ customerId: "c1" });
    await agent.searchCustomers({ searchText: "wang" });
    await agent.identifyCaller({ number: "13900000001" });
    await refusal(served.customers(await world.user("marketer")).getCustomer({ customerId: "c1" }));
    await served.customers(await world.service("telephony")).identifyCaller({ number: "13900000001" }, { tenant: "t1" });
    expect(served.audited.map(({ method, actor, object, code }) => [method.split("/")[1], actor, object, code])).toEqual([
      ["GetCustomer", "employee/e1", "c1", "ok"],
      ["SearchCustomers", "employee/e1", "", "ok"],
      ["IdentifyCaller", "employee/e1", "", "ok"],
      ["GetCustomer", "employee/e1", "c1", "permission_denied"],
    ]);
    expect(JSON.stringify(served.audited)).not.toMatch(/13900000001|wang/);
  });

  it("leaves no row where it is not audited, or nobody is known", async () => {
    const world = await openWorld();
    await using served = await serve(world, {}, { services: [implement(EmployeeService, {}, employeeHandlers)] });
    await served.client(EmployeeService, await world.user("agent")).listColleagues({});
    await refusal(served.customers("forged").createCustomer(person));
    expect(served.audited).toEqual([]);
  });
});

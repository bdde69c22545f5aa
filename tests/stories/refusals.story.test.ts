import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN_LOGIN, type Api, api, logIn, type System } from "@trunkline/dev-env";
import { startStory } from "./system.ts";

/** Bad input and missing rights, as a client of the public API meets them. */
describe("the public API refuses", () => {
  let system: System;
  let admin: Api;
  let agent: Api;
  let token: string;
  let stranger: Api;
  beforeAll(async () => {
    system = await startStory("refusals", () => Date.now(), ["huaxing", "lanhai"], { services: ["workforce", "customer", "gateway"] });
    admin = (await logIn(system.gatewayUrl, "huaxing", ADMIN_LOGIN, system.adminPassword)).api;
    stranger = (await logIn(system.gatewayUrl, "lanhai", ADMIN_LOGIN, system.adminPassword)).api;
    await admin.call("workforce.v1.EmployeeService/CreateEmployee", {
      requestId: "a",
      login: "agent",
      name: "李娜",
      password: "a-password",
      profile: { active: true, roles: ["agent"] },
    });
    const session = await logIn(system.gatewayUrl, "huaxing", "agent", "a-password");
    agent = session.api;
    token = await session.token();
  }, 120_000);
  afterAll(async () => system[Symbol.asyncDispose](), 60_000);

  const customer = { kind: "CUSTOMER_KIND_PERSON", name: "王伟", phones: ["13912345678"] };
  const create = "customer.v1.CustomerService/CreateCustomer";

  it("a call without a token", async () => {
    await expect(api(system.gatewayUrl).call(create, customer)).rejects.toMatchObject({ status: 401, code: "token_missing" });
  });

  it("a token that nobody signed, and one whose signature was touched", async () => {
    await expect(api(system.gatewayUrl, "rubbish").call(create, customer)).rejects.toMatchObject({ status: 401, code: "token_invalid" });
  });

  it("a permission that the role does not hold", async () => {
    await expect(
      agent.call("workforce.v1.EmployeeService/CreateEmployee", {
        login: "x",
        name: "x",
        password: "a-password",
        profile: { active: true },
      }),
    ).rejects.toMatchObject({ status: 403, code: "permission_denied" });
  });

  it("another tenant's record, as if it did not exist", async () => {
    const { customer: made } = await agent.call<{ customer: { customerId: string } }>(create, { ...customer, requestId: "c1" });
    await expect(stranger.call("customer.v1.CustomerService/GetCustomer", made)).rejects.toBeDefined();
    await expect(stranger.call("customer.v1.CustomerService/GetCustomer", { customerId: made.customerId })).rejects.toMatchObject({
      status: 404,
      code: "customer_not_found",
    });
    expect(
      (await agent.call<{ customer: { name: string } }>("customer.v1.CustomerService/GetCustomer", { customerId: made.customerId }))
        .customer.name,
    ).toBe("王伟");
  });

  it("a wrong field by its name and a field that does not exist, and never repeats the value", async () => {
    await expect(agent.call(create, { ...customer, emails: ["secret-but-wrong"] })).rejects.toMatchObject({
      status: 400,
      code: "field_invalid",
      message: expect.not.stringContaining("secret-but-wrong"),
    });
    await expect(agent.call(create, { ...customer, colour: "red" })).rejects.toMatchObject({ status: 400 });
    await expect(agent.call(create, { ...customer, phones: ["not a number"] })).rejects.toMatchObject({
      status: 400,
      code: "phone_invalid",
    });
  });

  it.each(["a\u0000b", "a\r\nBcc: x", "a\u202eb", "\u200b\u3164", "   "])("a name that cannot be seen as it is: %j", async (name) => {
    await expect(agent.call(create, { ...customer, name })).rejects.toMatchObject({ status: 400, code: "field_invalid" });
  });

  it("bytes that are no message, or no text, as the caller's fault", async () => {
    const send = async (type: string, body: Uint8Array<ArrayBuffer>) => {
      const headers = { "content-type": type, authorization: `Bearer ${token}` };
      const answer = await fetch(`${system.gatewayUrl}/trunkline.${create}`, { method: "POST", headers, body });
      return [answer.status, ((await answer.json()) as { code: string }).code];
    };
    expect(await send("application/proto", new Uint8Array([0xff, 0xff, 0xff]))).toEqual([400, "invalid_argument"]);
    const [before = "", after = ""] = JSON.stringify({ ...customer, name: "王|伟" }).split("|");
    const text = new TextEncoder();
    expect(await send("application/json", new Uint8Array([...text.encode(before), 0xc3, 0x28, ...text.encode(after)]))).toEqual([
      400,
      "invalid_argument",
    ]);
    // Field 3, one byte that is no UTF-8.
    expect(await send("application/proto", new Uint8Array([0x10, 1, 0x1a, 1, 0xff]))).toEqual([400, "invalid_argument"]);
  });

  it("numbers to who may not read them, and a person to who only guessed a number", async () => {
    const hire = async (login: string) => {
      const profile = { active: true, roles: [login] };
      await admin.call("workforce.v1.EmployeeService/CreateEmployee", {
        requestId: login,
        login,
        name: login,
        password: "a-pass-word",
        profile,
      });
      return (await logIn(system.gatewayUrl, "huaxing", login, "a-pass-word")).api;
    };
    const [masked, engineer, marketer] = [await hire("masked_agent"), await hire("engineer"), await hire("marketer")];
    const search = "customer.v1.CustomerService/SearchCustomers";
    const { customer: made } = await agent.call<{ customer: { customerId: string } }>(create, { ...customer, name: "欧阳娜娜" });
    const { customerId } = made;
    const shown = await masked.call<{ matches: { customer: { phones: string[] } }[] }>(search, { searchText: "欧阳" });
    expect(shown.matches.map(({ customer: { phones } }) => phones)).toEqual([["+86139****5678"]]);
    const denied = { status: 403, code: "permission_denied" };
    await expect(masked.call(search, { searchText: "5678" })).rejects.toMatchObject(denied);
    await expect(masked.call("customer.v1.CustomerService/IdentifyCaller", { number: "13912345678" })).rejects.toMatchObject(denied);
    for (const other of [engineer, marketer]) await expect(other.call(search, { searchText: "欧阳" })).rejects.toMatchObject(denied);
    await expect(engineer.call("customer.v1.CustomerService/GetCustomer", { customerId })).rejects.toMatchObject({ status: 404 });
    await expect(marketer.call("customer.v1.CustomerService/GetCustomer", { customerId })).rejects.toMatchObject(denied);
  });

  it("a body that is too large", async () => {
    await expect(agent.call(create, { ...customer, address: "x".repeat(2_000_000) })).rejects.toMatchObject({
      status: 429,
      code: "resource_exhausted",
    });
  });

  it("a second body under the same request_id, and does the first one once", async () => {
    const first = await agent.call<{ customer: { customerId: string } }>(create, { ...customer, requestId: "same" });
    const again = await Promise.all(
      Array.from({ length: 20 }, () => agent.call<{ customer: { customerId: string } }>(create, { ...customer, requestId: "same" })),
    );
    expect(new Set(again.map(({ customer: { customerId } }) => customerId))).toEqual(new Set([first.customer.customerId]));
    await expect(agent.call(create, { ...customer, name: "王芳", requestId: "same" })).rejects.toMatchObject({
      status: 409,
      code: "request_id_reused",
    });
  });

  it("a wrong password without saying whether the login exists, and locks the account after five", async () => {
    const attempt = (login: string) => logIn(system.gatewayUrl, "huaxing", login, "wrong-password");
    await expect(attempt("nobody")).rejects.toMatchObject({ status: 401, code: "login_failed" });
    for (let n = 0; n < 5; n++) await expect(attempt("agent")).rejects.toMatchObject({ code: "login_failed" });
    await expect(attempt("agent")).rejects.toMatchObject({ status: 429, code: "account_locked" });
  });
});

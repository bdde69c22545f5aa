import { expect, it } from "@jest/globals";
import { connectMongo, mongoBackend } from "@trunkline/store/mongo";
import { codeOf, openWorkforce, PROFILE, TENANT } from "./workforce.test-support.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

it("what must be alone is alone on a database too: an extension, a login, the last administrator, five tries of a burst", async () => {
  const name = `workforce_${process.pid}_${Math.round(performance.now())}`;
  await using mongo = await connectMongo(process.env["MONGO_URL"] ?? "", name);
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await mongo.connection.dropDatabase()));
  const backend = stack.use(mongoBackend({ mongo, relay: { offer: () => true }, now: Date.now, log: silent }));
  const desk = stack.use(await openWorkforce(backend));
  const admin = await desk.as("admin");
  const change = (employeeId: string, profile: object) =>
    codeOf(desk.employees.updateEmployee({ employeeId, profile: { ...PROFILE, ...profile } }, admin));

  const ids = await Promise.all(["a1", "a2", "a3"].map((login) => desk.hire(admin, login)));
  const extensions = await Promise.all(ids.map((id) => change(id, { extension: "1001" })));
  expect(extensions.toSorted()).toEqual(["extension_taken", "extension_taken", "ok"]);
  for (const id of ids) expect(await change(id, { active: false, extension: "1001" })).toBe("ok");
  expect(await change(ids[2] ?? "", { extension: "1001" })).toBe("ok");
  const logins = await Promise.all([1, 2, 3].map(() => codeOf(desk.hire(admin, "b1"))));
  expect(logins.toSorted()).toEqual(["login_taken", "login_taken", "ok"]);

  const second = await desk.hire(admin, "second", { roles: ["admin"] });
  const first = (await desk.context.employees.findByLogin(TENANT, "admin"))?.id ?? "";
  await Promise.all([change(first, { roles: [] }), change(second, { roles: [] })]);
  const left = await desk.context.employees.page(TENANT, { activeAdmin: 1 }, { by: "createdAt", direction: 1, size: 9, token: "" });
  expect(left.items.length).toBeGreaterThan(0);

  const burst = Array.from({ length: 60 }, () => codeOf(desk.logIn("b1", { address: "203.0.113.7", password: "wrong-password" })));
  const codes = await Promise.all(burst);
  expect([codes.filter((code) => code === "login_failed").length, codes.filter((code) => code === "account_locked").length]).toEqual([
    5, 55,
  ]);
});

import { describe, expect, it } from "@jest/globals";
import { codeOf, openWorkforce, PASSWORD, PROFILE } from "./workforce.test-support.ts";

describe("an employee", () => {
  it("who is the last active administrator stays one, also where two take it from each other at once", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const first = (await desk.employees.listEmployees({}, admin)).employees[0]?.employeeId ?? "";
    const away = (employeeId: string, profile: object) =>
      codeOf(desk.employees.updateEmployee({ employeeId, profile: { ...PROFILE, ...profile } }, admin));
    for (const profile of [{ active: false, roles: ["admin"] }, { roles: ["supervisor"] }, { roles: [] }]) {
      expect(await away(first, profile)).toBe("last_admin");
    }
    const second = await desk.hire(admin, "second", { roles: ["admin"] });
    const both = await Promise.all([away(first, { roles: [] }), away(second, { active: false, roles: ["admin"] })]);
    expect(both.toSorted()).not.toEqual(["ok", "ok"]);
    const { items } = await desk.context.employees.page(
      "lanhai",
      { activeAdmin: 1 },
      { by: "createdAt", direction: 1, size: 9, token: "" },
    );
    expect(items.length).toBeGreaterThan(0);
  });

  it.each([
    [{ roles: ["wizard"] }, "role_unknown"],
    [{ roles: ["__proto__"] }, "role_unknown"],
    [{ roles: ["agent", "constructor"] }, "role_unknown"],
    [
      {
        skills: [
          { skill: "chinese", level: 1 },
          { skill: "chinese", level: 5 },
        ],
      },
      "skill_twice",
    ],
    [{ calendarId: "no-such-calendar" }, "calendar_unknown"],
    [{ managerId: "no-such-employee" }, "manager_unknown"],
    [{ extension: "1001" }, "extension_taken"],
  ])("with %j is refused at hiring and at a change", async (profile, code) => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    await desk.hire(admin, "agent1", { extension: "1001" });
    const id = await desk.hire(admin, "agent2", { extension: "1002" });
    expect(await codeOf(desk.hire(admin, "agent3", profile))).toBe(code);
    expect(await codeOf(desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, ...profile } }, admin))).toBe(code);
    expect(await codeOf(desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, extension: "1002" } }, admin))).toBe("ok");
  });

  it("has a name for their colleagues, with or without a phone and after they have left; a phone only while they are there", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const left = await desk.hire(admin, "left", { extension: "1001" });
    await desk.employees.updateEmployee({ employeeId: left, profile: { ...PROFILE, active: false, extension: "1001" } }, admin);
    await desk.hire(admin, "agent2", { extension: "1002" });
    const { colleagues } = await desk.employees.listColleagues({}, admin);
    const told = colleagues.map(({ name, extension }) => `${name} ${extension}`.trim());
    expect(told.toSorted()).toEqual(["admin", "agent2 1002", "left"]);
  });

  it("has an extension alone among the active, also where two ask for it at once, and leaves it to others by leaving", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const ids = await Promise.all(["a1", "a2", "a3"].map((login) => desk.hire(admin, login)));
    const take = (employeeId: string, active = true) =>
      codeOf(desk.employees.updateEmployee({ employeeId, profile: { ...PROFILE, active, extension: "1001" } }, admin));
    expect((await Promise.all(ids.map((id) => take(id)))).toSorted()).toEqual(["extension_taken", "extension_taken", "ok"]);
    for (const id of ids) await take(id, false);
    expect(await take(ids[1] ?? "")).toBe("ok");
    expect(await take(ids[2] ?? "")).toBe("extension_taken");
  });

  it("has a login alone, whatever its case, and is found again by a repeated request", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const hired = { requestId: "r1", login: "Li.Na", name: "Li Na", password: PASSWORD, profile: PROFILE };
    const first = await desk.employees.createEmployee(hired, admin);
    expect(await desk.employees.createEmployee(hired, admin)).toEqual(first);
    expect(await codeOf(desk.hire(admin, "li.na"))).toBe("login_taken");
    expect(await codeOf(desk.hire(admin, "ADMIN"))).toBe("login_taken");
  });

  it("is not their own manager", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "agent1");
    const manager = await desk.hire(admin, "boss");
    const under = (managerId: string) =>
      codeOf(desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, managerId } }, admin));
    expect([await under(id), await under(manager), await under("")]).toEqual(["manager_unknown", "ok", "ok"]);
  });
});

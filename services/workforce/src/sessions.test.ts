import { describe, expect, it } from "@jest/globals";
import { codeOf, openWorkforce, PASSWORD, PROFILE } from "./workforce.test-support.ts";

const SEARCH = { searchText: "李娜" };

describe("a session", () => {
  it("of a deactivated administrator is over at once: they cannot take the system back", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "second", { roles: ["admin"] });
    const second = await desk.as("second");
    await desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, active: false, roles: [] } }, admin);
    const back = { employeeId: id, profile: { ...PROFILE, roles: ["admin"] } };
    expect(await codeOf(desk.employees.updateEmployee(back, second))).toBe("session_over");
    expect(await codeOf(desk.sessions.renewSession({}, second))).toBe("session_over");
    expect(await codeOf(desk.sessions.changePassword({ oldPassword: PASSWORD, newPassword: "another-secret" }, second))).toBe(
      "session_over",
    );
    expect(await codeOf(desk.hire(second, "third", { roles: ["admin"] }))).toBe("session_over");
    expect(await codeOf(desk.logIn("second"))).toBe("login_failed");
    expect(await codeOf(desk.employees.listEmployees({}, admin))).toBe("ok");
  });

  it.each([
    ["log-out", "session_over"],
    ["deactivation", "session_over"],
    ["a reset of the password", "session_over"],
    ["a change of roles", "token_stale"],
  ])("after %s is refused by every other service at its next look, two seconds later", async (what, code) => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "agent1", { roles: ["agent"] });
    const agent = await desk.as("agent1");
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, agent))).toBe("ok");
    if (what === "log-out") await desk.sessions.logOut({}, agent);
    else if (what === "a reset of the password") await desk.employees.resetPassword({ employeeId: id, password: "given-by-admin" }, admin);
    else
      await desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, active: what !== "deactivation", roles: [] } }, admin);
    await desk.poll();
    desk.world.now += 2_000;
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, agent))).toBe(code);
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, admin))).toBe("ok");
  });

  it("with other roles goes on with another token, which has the rights of now", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "agent1");
    const agent = await desk.as("agent1");
    await desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, roles: ["agent", "admin"] } }, admin);
    await desk.poll();
    expect(await codeOf(desk.employees.listEmployees({}, agent))).toBe("token_stale");
    const renewed = { userToken: (await desk.sessions.renewSession({}, agent)).accessToken };
    expect(await codeOf(desk.employees.listEmployees({}, renewed))).toBe("ok");
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, renewed))).toBe("ok");
  });

  it("is renewed for twelve hours from its log-in on, also with a token that has run out, and not longer", async () => {
    await using desk = await openWorkforce();
    const first = await desk.as("admin");
    desk.world.now += 3_600_000;
    expect(await codeOf(desk.employees.listEmployees({}, first))).toBe("token_expired");
    const { accessToken, sessionEndsAt } = await desk.sessions.renewSession({}, first);
    expect(await codeOf(desk.employees.listEmployees({}, { userToken: accessToken }))).toBe("ok");
    expect(Number(sessionEndsAt?.seconds)).toBe((desk.world.now + 39_600_000) / 1_000);
    desk.world.now += 39_600_000;
    expect(await codeOf(desk.sessions.renewSession({}, { userToken: accessToken }))).toBe("session_over");
  });

  it("ends in the very instant in which it began, and another one begins then", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    await desk.sessions.logOut({}, admin);
    expect(await codeOf(desk.sessions.renewSession({}, admin))).toBe("session_over");
    await desk.poll();
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, admin))).toBe("session_over");
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, await desk.as("admin")))).toBe("ok");
  });

  it("is announced to services alone", async () => {
    await using desk = await openWorkforce();
    expect(await codeOf(desk.sessions.listEndedSessions({ since: { seconds: 0n } }, await desk.as("admin")))).toBe("permission_denied");
  });
});

describe("a password", () => {
  it("that was given by another is good for nothing but changing it", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "agent1", { roles: ["agent"] }, { mustChangePassword: true });
    const { accessToken, mustChangePassword } = await desk.logIn("agent1");
    const agent = { userToken: accessToken };
    expect(mustChangePassword).toBe(true);
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, agent))).toBe("password_change_required");
    const renewed = await desk.sessions.renewSession({}, agent);
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, { userToken: renewed.accessToken }))).toBe("password_change_required");
    const change = { oldPassword: PASSWORD, newPassword: "a-secret-of-mine" };
    expect(await codeOf(desk.sessions.changePassword({ ...change, oldPassword: "guessed-wrongly" }, agent))).toBe("old_password_wrong");
    const changed = await desk.sessions.changePassword(change, agent);
    expect(await codeOf(desk.customers.searchCustomers(SEARCH, { userToken: changed.accessToken }))).toBe("ok");
    expect(await codeOf(desk.sessions.renewSession({}, agent))).toBe("session_over");
    expect(await codeOf(desk.logIn("agent1"))).toBe("login_failed");
    await desk.employees.resetPassword({ employeeId: id, password: "given-by-admin" }, admin);
    expect(await codeOf(desk.sessions.renewSession({}, { userToken: changed.accessToken }))).toBe("session_over");
    expect((await desk.logIn("agent1", { password: "given-by-admin" })).mustChangePassword).toBe(true);
  });

  it("that is weak is refused wherever one is set, and a stolen token guesses no old one", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin");
    const id = await desk.hire(admin, "agent1");
    const weak = "password";
    expect(await codeOf(desk.hire(admin, "agent2", {}, { password: weak }))).toBe("password_weak");
    expect(await codeOf(desk.employees.resetPassword({ employeeId: id, password: weak }, admin))).toBe("password_weak");
    expect(await codeOf(desk.sessions.changePassword({ oldPassword: PASSWORD, newPassword: weak }, admin))).toBe("password_weak");
    const guess = () => codeOf(desk.sessions.changePassword({ oldPassword: "guessed-wrongly", newPassword: "another-secret" }, admin));
    const answers = await Promise.all(Array.from({ length: 20 }, guess));
    expect(answers.filter((code) => code === "old_password_wrong")).toHaveLength(5);
    expect(answers.filter((code) => code === "account_locked")).toHaveLength(15);
  });
});

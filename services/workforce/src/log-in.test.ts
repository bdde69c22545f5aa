import { describe, expect, it } from "@jest/globals";
import { codeOf, openWorkforce, PASSWORD, PROFILE, TENANT } from "./workforce.test-support.ts";

const STRANGER = { address: "203.0.113.7" };
const HOME = { address: "198.51.100.20" };
const WRONG = { password: "wrong-password" };

const countOf = (codes: readonly string[]) =>
  Object.fromEntries(
    Map.groupBy(codes, (code) => code)
      .entries()
      .map(([code, all]) => [code, all.length]),
  );

describe("log-in", () => {
  it("judges at most five tries of a burst, however many come at once and whatever the last of them holds", async () => {
    await using desk = await openWorkforce();
    const burst = Array.from({ length: 59 }, () => codeOf(desk.logIn("admin", { ...STRANGER, ...WRONG })));
    const right = codeOf(desk.logIn("admin", STRANGER));
    expect(countOf(await Promise.all([...burst, right]))).toEqual({ login_failed: 5, account_locked: 55 });
    desk.world.now += 59_999;
    expect(await codeOf(desk.logIn("admin", { ...STRANGER, ...WRONG }))).toBe("account_locked");
    desk.world.now += 2;
    expect(await codeOf(desk.logIn("admin", STRANGER))).toBe("ok");
  });

  it("keeps nobody out by a stranger's tries: not on a machine that was right before, nor at an address that was", async () => {
    await using desk = await openWorkforce();
    const { device } = await desk.logIn("admin", HOME);
    // As many machines as it takes to use up what the account allows to strangers, for hours.
    for (let round = 0; round < 3; round++) {
      const tries = Array.from({ length: 40 }, (_, n) => codeOf(desk.logIn("admin", { address: `203.0.113.${n % 20}`, ...WRONG })));
      expect((await Promise.all(tries)).filter((code) => code === "login_failed").length).toBeLessThanOrEqual(30);
      expect(await codeOf(desk.logIn("admin", { address: "203.0.113.99" }))).toBe("account_locked");
      expect(await codeOf(desk.logIn("admin", HOME))).toBe("ok");
      expect(await codeOf(desk.logIn("admin", { address: "192.0.2.50", device }))).toBe("ok");
      desk.world.now += 900_001;
    }
  });

  it("takes no machine for known that was made up, is another account's, or is used for guessing", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin", HOME);
    await desk.hire(admin, "agent1");
    const { device } = await desk.logIn("agent1", HOME);
    for (let n = 0; n < 5; n++) await codeOf(desk.logIn("admin", { ...STRANGER, ...WRONG }));
    for (const forged of [device, `${desk.world.now}.abc`, "", "1.2.3"])
      expect(await codeOf(desk.logIn("admin", { ...STRANGER, device: forged }))).toBe("account_locked");
    const guesses = await Promise.all(Array.from({ length: 9 }, () => codeOf(desk.logIn("agent1", { ...STRANGER, ...WRONG, device }))));
    expect(countOf(guesses)).toEqual({ login_failed: 5, account_locked: 4 });
  });

  it("judges sixty failures a minute from one address, over all accounts, and not its successes", async () => {
    await using desk = await openWorkforce();
    const tries = Array.from({ length: 100 }, (_, n) => codeOf(desk.logIn(`nobody${n}`, { ...STRANGER, ...WRONG })));
    expect(countOf(await Promise.all(tries))).toEqual({ login_failed: 60, account_locked: 40 });
    for (let n = 0; n < 12; n++) expect(await codeOf(desk.logIn("admin", HOME))).toBe("ok");
  });

  it("answers alike for an account that is not there, was deactivated, or has another password, before and after it is throttled", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin", HOME);
    await desk.hire(admin, "agent1");
    const gone = await desk.hire(admin, "gone");
    await desk.employees.updateEmployee({ employeeId: gone, profile: { ...PROFILE, active: false } }, admin);
    const answers = async (login: string, address: string, password: string) => {
      const codes: string[] = [];
      for (let n = 0; n < 7; n++) codes.push(await codeOf(desk.logIn(login, { address, password })));
      return codes;
    };
    const expected = [...Array(5).fill("login_failed"), "account_locked", "account_locked"];
    expect(await answers("agent1", "192.0.2.1", WRONG.password)).toEqual(expected);
    expect(await answers("gone", "192.0.2.2", PASSWORD)).toEqual(expected);
    expect(await answers("nobody", "192.0.2.3", WRONG.password)).toEqual(expected);
    expect(await codeOf(desk.logIn("admin", { tenant: "no-such-tenant", ...STRANGER }))).toBe("login_failed");
  });

  it("of somebody who was deactivated while the password was judged is refused", async () => {
    await using desk = await openWorkforce();
    const admin = await desk.as("admin", HOME);
    const id = await desk.hire(admin, "agent1");
    const entry = desk.logIn("agent1", HOME);
    await desk.employees.updateEmployee({ employeeId: id, profile: { ...PROFILE, active: false } }, admin);
    const code = await codeOf(entry);
    const token = code === "ok" ? (await entry).accessToken : undefined;
    expect(token === undefined ? code : await codeOf(desk.sessions.renewSession({}, { userToken: token }))).toMatch(
      /login_failed|session_over/,
    );
  });

  it("leaves a row that names who came, and gathers what failed, in tenants that there are", async () => {
    await using desk = await openWorkforce();
    await desk.logIn("admin", HOME);
    for (let n = 0; n < 20; n++) await codeOf(desk.logIn("admin", { address: `203.0.113.${n}`, ...WRONG }));
    for (let n = 0; n < 3; n++) await codeOf(desk.logIn("nobody", { ...STRANGER, ...WRONG }));
    for (const tenant of ["nope", "-"]) await codeOf(desk.logIn("admin", { ...STRANGER, tenant }));
    const rows = async (tenant: string) => (await desk.audit.page(tenant, {}, { by: "at", direction: 1, size: 50, token: "" })).items;
    const [admin] = (await desk.context.employees.page(TENANT, {}, { by: "createdAt", direction: 1, size: 1, token: "" })).items;
    const all = await rows(TENANT);
    expect(all).toHaveLength(3);
    expect(all).toContainEqual(expect.objectContaining({ object: admin?.id, actor: `employee/${admin?.id}`, code: "ok" }));
    expect(all).toContainEqual(expect.objectContaining({ object: admin?.id, actor: "public", code: "login_failed", count: 20 }));
    expect(all).toContainEqual(expect.objectContaining({ object: expect.stringMatching(/^[\w-]{43}$/), code: "login_failed", count: 3 }));
    expect(JSON.stringify(all)).not.toMatch(/203\.0\.113|198\.51|nobody/);
    expect([await rows("nope"), await rows("-"), await rows("")]).toEqual([[], [], []]);
  });

  it("leaves no more rows for invented names than were judged", async () => {
    await using desk = await openWorkforce();
    await Promise.all(Array.from({ length: 150 }, (_, n) => codeOf(desk.logIn(`nobody${n}`, { ...STRANGER, ...WRONG }))));
    const rows = (await desk.audit.page(TENANT, {}, { by: "at", direction: 1, size: 200, token: "" })).items;
    expect(countOf(rows.map(({ code }) => code))).toEqual({ login_failed: 60, account_locked: 1 });
    expect(rows.find(({ code }) => code === "account_locked")?.count).toBe(90);
  });

  it("forgets tries that count no more", async () => {
    await using desk = await openWorkforce();
    await codeOf(desk.logIn("admin", { ...STRANGER, ...WRONG }));
    const tries = desk.context.tries;
    const key = { id: "k", limit: { most: 1, withinMs: 60_000 } };
    expect([await tries.reserve([key], desk.world.now), await tries.reserve([key], desk.world.now)]).toEqual([true, false]);
    await tries.sweep();
    expect(await tries.reserve([key], desk.world.now)).toBe(false);
    desk.world.now += 2_000_000;
    await tries.sweep();
    expect(await tries.reserve([key], 0)).toBe(true);
  });
});

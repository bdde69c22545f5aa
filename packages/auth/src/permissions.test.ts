import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { dataScopeOf, permissionsOf, ROLES, type Role } from "./permissions.ts";
import { allows, type Principal } from "./principal.ts";

const roles = fc.array(fc.constantFrom(...(Object.keys(ROLES) as Role[]), "unheard-of", "toString", "__proto__"), { maxLength: 6 });

describe("the permissions of an employee", () => {
  it("are those of each role, and unknown roles give none", () => {
    expect(permissionsOf(["unheard-of", "toString", "__proto__"])).toEqual(new Set());
    expect(permissionsOf(["engineer"])).toEqual(new Set(ROLES.engineer.permissions));
    fc.assert(
      fc.property(roles, (held) => {
        const granted = permissionsOf(held);
        for (const role of held)
          if (Object.hasOwn(ROLES, role)) for (const each of ROLES[role as Role].permissions) expect(granted.has(each)).toBe(true);
      }),
    );
  });

  it("only grow with a further role", () => {
    fc.assert(
      fc.property(roles, roles, (some, more) => {
        const wider = permissionsOf([...some, ...more]);
        for (const each of permissionsOf(some)) expect(wider.has(each)).toBe(true);
      }),
    );
  });

  it("of a supervisor include an agent's; an administrator lets people in and out, and does nothing inside", () => {
    for (const each of ROLES.agent.permissions) expect(permissionsOf(["supervisor"]).has(each)).toBe(true);
    expect(
      [...permissionsOf(["admin"])].filter((each) => !/^(employee|colleague|calendar|record)\.|^template\.purpose$/.test(each)),
    ).toEqual([]);
    for (const role of ["agent", "supervisor", "engineer", "marketer"]) expect(permissionsOf([role]).has("employee.write")).toBe(false);
  });

  it("let a masked agent learn of nobody by their number, and an engineer or a marketer search for nobody", () => {
    expect(permissionsOf(["masked_agent"]).has("customer.identify")).toBe(false);
    expect(permissionsOf(["engineer", "marketer", "admin"]).has("customer.search")).toBe(false);
  });
});

describe("the data scope of an employee", () => {
  it("is the widest of the roles, and their own where no role widens it", () => {
    expect([["engineer"], [], ["nonsense", "constructor"]].map(dataScopeOf)).toEqual(["own", "own", "own"]);
    expect([["agent"], ["engineer", "agent"], ["supervisor"]].map(dataScopeOf)).toEqual(["all", "all", "all"]);
    // Neither reads customers: together with an engineer's right to, they must not open all of them.
    expect(
      [
        ["engineer", "marketer"],
        ["engineer", "admin"],
      ].map(dataScopeOf),
    ).toEqual(["own", "own"]);
  });
});

describe("a principal", () => {
  const principal = (...permissions: string[]): Principal => ({
    kind: "employee",
    id: "e1",
    tenant: "t1",
    roles: [],
    permissions: new Set(permissions),
    dataScope: "all",
    issuedAt: 0,
    expiresAt: 0,
    sessionStart: 0,
    sessionEnd: 0,
    mustChangePassword: false,
  });

  it("may what it was granted, and what asks for no permission", () => {
    expect(allows(principal("call.read"), "call.read")).toBe(true);
    expect(allows(principal("call.read"), "call.work")).toBe(false);
    expect(allows(principal("call"), "call.read")).toBe(false);
    expect(allows(principal(), "session.own")).toBe(true);
    expect(allows({ ...principal("session.own"), kind: "service" }, "session.own")).toBe(false);
  });

  it("with a temporary password may what concerns the own session, and nothing else", () => {
    const temporary = { ...principal("call.read"), mustChangePassword: true };
    expect(["session.own", "public", "call.read", "authenticated"].filter((each) => allows(temporary, each))).toEqual([
      "session.own",
      "public",
    ]);
  });

  it("may what asks for no permission", () => {
    expect(allows(principal(), "public")).toBe(true);
    expect(allows(principal(), "authenticated")).toBe(true);
    expect(allows(principal(), "")).toBe(false);
  });
});

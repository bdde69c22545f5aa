import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createEmployee, type Employee, issueToken, rememberAddress, setPassword, signOut, updateProfile } from "./employee.ts";

const profile = {
  active: true,
  roles: ["agent"],
  departmentId: "",
  extension: "1001",
  skills: [],
  territories: [],
  base: undefined,
  calendarId: "",
  managerId: "",
  dailyCapacity: 0,
};
const given = (): Employee => createEmployee({ id: "e1", login: "Li.Na", name: "李娜", passwordHash: "h", profile }, 1).state;

describe("an employee", () => {
  it("is announced by the profile alone, without name, login or password", () => {
    const { events } = createEmployee({ id: "e1", login: "Li.Na", name: "李娜", passwordHash: "h", profile }, 1);
    expect(JSON.stringify(events)).not.toMatch(/李娜|Li\.Na|"h"/i);
  });

  it("has every session ended by leaving, logging out and another password, and only the tokens by other roles", () => {
    const ended = ({ state: { tokensEndedAt, sessionsEndedAt } }: { state: Employee }) => [tokensEndedAt, sessionsEndedAt];
    expect(ended(signOut(given(), 9))).toEqual([9, 9]);
    expect(ended(setPassword(given(), "h2", true, 9))).toEqual([9, 9]);
    expect(ended(updateProfile(given(), { ...profile, active: false }, 9))).toEqual([9, 9]);
    expect(ended(updateProfile(given(), { ...profile, roles: ["agent", "supervisor"] }, 9))).toEqual([9, 0]);
    expect(ended(updateProfile(given(), { ...profile, roles: [] }, 9))).toEqual([9, 0]);
    expect(ended(updateProfile(given(), { ...profile, extension: "1002" }, 9))).toEqual([0, 0]);
  });

  it("has every token refused that was made before an end and none that was made after it, whatever the clocks say", () => {
    const steps = fc.array(fc.record({ step: fc.constantFrom("token", "log_out", "roles"), at: fc.integer({ min: 1, max: 50 }) }));
    fc.assert(
      fc.property(steps, (all) => {
        let employee = given();
        let live: number[] = [];
        let roles = 0;
        for (const { step, at } of all) {
          if (step === "token") {
            employee = issueToken(employee, at).state;
            live.push(employee.lastTokenAt);
            continue;
          }
          employee =
            step === "log_out" ? signOut(employee, at).state : updateProfile(employee, { ...profile, roles: [`r${roles++}`] }, at).state;
          expect(live.filter((issued) => issued > employee.tokensEndedAt)).toEqual([]);
          live = [];
        }
        for (const issued of live) expect(issued).toBeGreaterThan(employee.tokensEndedAt);
      }),
    );
  });

  it("is known at the last eight addresses, the newest first", () => {
    let employee = given();
    for (const address of ["a", "b", "", "a", "c", "d", "e", "f", "g", "h", "i"]) employee = rememberAddress(employee, address);
    expect(employee.knownAddresses).toEqual(["i", "h", "g", "f", "e", "d", "c", "a"]);
  });
});

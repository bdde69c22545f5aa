import { describe, expect, it } from "@jest/globals";
import { checkMayLogIn, createEmployee, type Employee, recordLogIn } from "./employee.ts";

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

  it("is locked for a minute after five wrong passwords in a row, and a right one starts the count anew", () => {
    let employee = given();
    for (let n = 0; n < 4; n++) employee = recordLogIn(employee, false, 10).state;
    employee = recordLogIn(employee, true, 10).state;
    for (let n = 0; n < 4; n++) employee = recordLogIn(employee, false, 20).state;
    expect(() => checkMayLogIn(employee, 21)).not.toThrow();
    employee = recordLogIn(employee, false, 20).state;
    expect(() => checkMayLogIn(employee, 60_019)).toThrow(expect.objectContaining({ code: "account_locked" }));
    expect(() => checkMayLogIn(employee, 60_021)).not.toThrow();
  });

  it("who has left cannot log in and learns nothing more", () => {
    expect(() => checkMayLogIn({ ...given(), profile: { ...profile, active: false } }, 1)).toThrow(
      expect.objectContaining({ code: "login_failed" }),
    );
  });
});

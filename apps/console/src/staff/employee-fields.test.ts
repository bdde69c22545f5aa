import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { EmployeeSchema } from "@trunkline/proto/workforce";
import fc from "fast-check";
import { extensionReadable, profileOf, skillsReadable, temporaryPassword, toFields } from "./employee-fields.ts";

const engineer = create(EmployeeSchema, {
  employeeId: "e1",
  login: "zhao",
  name: "赵工",
  profile: {
    active: true,
    roles: ["engineer"],
    extension: "2001",
    departmentId: "d1",
    skills: [{ skill: "air_conditioner", level: 4 }],
    territories: ["110105"],
    base: { latitude: 39.9, longitude: 116.4 },
    calendarId: "office",
    managerId: "m1",
    dailyCapacity: 6,
  },
});

describe("the form of an employee", () => {
  it("gives back what it was given, what it does not show as well", () => {
    expect(profileOf(toFields(engineer), engineer.profile, true)).toEqual(engineer.profile);
  });

  it("changes what was changed, and whether the employee is there", () => {
    const fields = { ...toFields(engineer), extension: " 2002 ", roles: ["engineer", "agent"] };
    expect(profileOf(fields, engineer.profile, false)).toMatchObject({
      active: false,
      extension: "2002",
      roles: ["engineer", "agent"],
      territories: ["110105"],
      dailyCapacity: 6,
    });
  });

  it("knows an extension that no telephone can have", () => {
    const readable = ["", " 2001 ", "desk_a-1", "20 01", "分机", "2001#"].map((extension) =>
      extensionReadable({ ...toFields(engineer), extension }),
    );
    expect(readable).toEqual([true, true, true, false, false, false]);
  });

  it("knows a skill without a name, or a level that is none", () => {
    const withSkills = (...skills: [string, string][]) => skillsReadable({ ...toFields(engineer), skills });
    expect([withSkills(["repair", "5"]), withSkills([" ", "5"]), withSkills(["repair", "6"]), withSkills(["repair", ""])]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe("a temporary password", () => {
  it("is long, easily read aloud, and another one for other numbers", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 31), { minLength: 16, maxLength: 16 }), (random) => {
        expect(temporaryPassword(random)).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
      }),
    );
    expect(temporaryPassword([1, 2, 3])).not.toBe(temporaryPassword([3, 2, 1]));
  });
});

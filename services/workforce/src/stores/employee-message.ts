import type { MessageInitShape } from "@bufbuild/protobuf";
import type { EmployeeProfile, EmployeeProfileSchema, EmployeeSchema } from "@trunkline/proto/workforce";
import type { Employee, Profile } from "../domain/employee.ts";

export function toMessage(employee: Employee): MessageInitShape<typeof EmployeeSchema> {
  const { id, login, name, profile, revision = 0 } = employee;
  return { employeeId: id, login, name, profile: toProfileMessage(profile), revision };
}

export function toProfileMessage(profile: Profile): MessageInitShape<typeof EmployeeProfileSchema> {
  const { base, roles, skills, territories, ...rest } = profile;
  return { ...rest, roles: [...roles], skills: [...skills], territories: [...territories], ...(base ? { base } : {}) };
}

export function fromProfileMessage(message: EmployeeProfile): Profile {
  const { active, roles, departmentId, extension, skills, territories, base, calendarId, managerId, dailyCapacity } = message;
  return {
    active,
    roles,
    departmentId,
    extension,
    skills: skills.map(({ skill, level }) => ({ skill, level })),
    territories,
    base: base && { latitude: base.latitude, longitude: base.longitude },
    calendarId,
    managerId,
    dailyCapacity,
  };
}

import type { EmployeeProfile } from "@trunkline/proto/workforce";
import type { Profile } from "../domain/employee.ts";

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

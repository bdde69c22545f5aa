import { create } from "@bufbuild/protobuf";
import { type Employee, type EmployeeProfile, EmployeeProfileSchema, SkillGradeSchema } from "@trunkline/proto/workforce";
import type { Pair } from "../ui/rows.tsx";

export type EmployeeFields = Readonly<Record<"login" | "name" | "extension" | "departmentId" | "calendarId", string>> & {
  readonly roles: readonly string[];
  readonly skills: readonly Pair[];
};

/** Which field a refusal belongs to, by its code. */
export const REFUSED_FIELD: Readonly<Record<string, string>> = {
  login_taken: "login",
  employee_exists: "login",
  extension_taken: "extension",
  role_unknown: "roles",
  last_admin: "roles",
  calendar_unknown: "calendarId",
  skill_twice: "skills",
  password_weak: "password",
};

export function toFields(employee: Employee | undefined): EmployeeFields {
  const { extension = "", departmentId = "", calendarId = "", roles = ["agent"], skills = [] } = employee?.profile ?? {};
  return {
    login: employee?.login ?? "",
    name: employee?.name ?? "",
    extension,
    departmentId,
    calendarId,
    roles,
    skills: skills.map(({ skill, level }) => [skill, String(level)]),
  };
}

/** What the form does not show stays as it was. */
export function profileOf(fields: EmployeeFields, before: EmployeeProfile | undefined, active: boolean): EmployeeProfile {
  return {
    ...(before ?? create(EmployeeProfileSchema)),
    active,
    roles: [...fields.roles],
    extension: fields.extension.trim(),
    departmentId: fields.departmentId.trim(),
    calendarId: fields.calendarId,
    skills: fields.skills.map(([skill, level]) => create(SkillGradeSchema, { skill: skill.trim(), level: Number(level) })),
  };
}

/** The exchange's own name of a telephone; without one it does not ring. */
export const extensionReadable = ({ extension }: EmployeeFields): boolean => /^[0-9A-Za-z_-]{0,20}$/.test(extension.trim());

/** Whether every line names a skill and a level. */
export function skillsReadable({ skills }: EmployeeFields): boolean {
  return skills.every(([skill, level]) => skill.trim() !== "" && /^[1-5]$/.test(level));
}

/** Without what is taken for something else when it is read aloud or written down: 0 O, 1 l I. */
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const GROUP = 4;

/** A password to be handed over: about 79 bits. @param random whole numbers below 2^32, sixteen of them */
export function temporaryPassword(random: ArrayLike<number>): string {
  const letters = Array.from({ length: GROUPS * GROUP }, (_, n) => LETTERS[(random[n] ?? 0) % LETTERS.length]);
  return Array.from({ length: GROUPS }, (_, n) => letters.slice(n * GROUP, (n + 1) * GROUP).join("")).join("-");
}

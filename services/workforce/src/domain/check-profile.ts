import { DomainError } from "@trunkline/errors";
import type { Profile } from "./employee.ts";

/** What is known of what a profile names. */
export type Known = { readonly roles: ReadonlySet<string>; readonly calendar: boolean; readonly manager: boolean };

/** @throws DomainError rule_violated role_unknown | skill_twice | calendar_unknown | manager_unknown */
export function checkProfile(profile: Profile, known: Known): void {
  const unknown = profile.roles.find((role) => !known.roles.has(role));
  if (unknown !== undefined)
    throw new DomainError("rule_violated", "role_unknown", `there is no such role: take ${[...known.roles].join(", ")}`);
  const skills = profile.skills.map(({ skill }) => skill);
  if (new Set(skills).size < skills.length)
    throw new DomainError("rule_violated", "skill_twice", "a skill is given twice: give it one level");
  if (!known.calendar) throw new DomainError("rule_violated", "calendar_unknown", "there is no such calendar: save it first");
  if (!known.manager) throw new DomainError("rule_violated", "manager_unknown", "there is no other employee with the id of the manager");
}

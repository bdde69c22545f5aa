import { DomainError } from "@trunkline/errors";

export type SkillGrade = { readonly skill: string; readonly level: number };

/** What routing and dispatch need of an employee; nothing that names the person. */
export type Profile = {
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly departmentId: string;
  readonly extension: string;
  readonly skills: readonly SkillGrade[];
  readonly territories: readonly string[];
  readonly base: { readonly latitude: number; readonly longitude: number } | undefined;
  readonly calendarId: string;
  readonly managerId: string;
  readonly dailyCapacity: number;
};

export type Employee = {
  readonly id: string;
  readonly login: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly profile: Profile;
  readonly createdAt: number;
  readonly failedLogins: number;
  /** Log-in is refused until then, epoch milliseconds. */
  readonly lockedUntil: number;
  /** Sessions that began before are over; 0: none was ended. */
  readonly signedOutAt: number;
};

export type EmployeeEvent = { readonly type: "changed"; readonly at: number; readonly profile: Profile; readonly signedOutAt: number };

const TRIES = 5;
const LOCK_MS = 60_000;

export function createEmployee(
  input: Pick<Employee, "id" | "login" | "name" | "passwordHash" | "profile">,
  at: number,
): { state: Employee; events: EmployeeEvent[] } {
  return {
    state: { ...input, login: input.login.toLowerCase(), createdAt: at, failedLogins: 0, lockedUntil: 0, signedOutAt: 0 },
    events: [{ type: "changed", at, profile: input.profile, signedOutAt: 0 }],
  };
}

/** Everything that follows from the profile at once: routing, rights, being there at all. */
export function updateProfile(employee: Employee, profile: Profile, at: number): { state: Employee; events: EmployeeEvent[] } {
  const state = { ...employee, profile };
  return { state, events: [announce(state, at)] };
}

/** How the employee stands, said once more. */
export function announce({ profile, signedOutAt }: Employee, at: number): EmployeeEvent {
  return { type: "changed", at, profile, signedOutAt };
}

export function signOut(employee: Employee, at: number): { state: Employee; events: EmployeeEvent[] } {
  const state = { ...employee, signedOutAt: at };
  return { state, events: [announce(state, at)] };
}

/** Counts a log-in attempt: five wrong passwords in a row lock the account for a minute. */
export function recordLogIn(employee: Employee, correct: boolean, at: number): { state: Employee; events: EmployeeEvent[] } {
  if (correct) return { state: { ...employee, failedLogins: 0, lockedUntil: 0 }, events: [] };
  const failedLogins = employee.failedLogins + 1;
  const locked = failedLogins >= TRIES;
  return {
    state: { ...employee, failedLogins: locked ? 0 : failedLogins, lockedUntil: locked ? at + LOCK_MS : employee.lockedUntil },
    events: [],
  };
}

/** @throws DomainError exhausted account_locked; the same answer for every refused password: login_failed */
export function checkMayLogIn(employee: Employee, at: number): void {
  if (at < employee.lockedUntil) throw new DomainError("exhausted", "account_locked", "too many wrong passwords: wait a minute");
  if (!employee.profile.active) throw loginFailed();
}

export function loginFailed(): DomainError {
  return new DomainError("unauthenticated", "login_failed", "tenant, login and password do not fit together");
}

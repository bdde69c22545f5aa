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
  /** Whoever gave the password is not its owner: nothing but changing it is allowed. */
  readonly mustChangePassword: boolean;
  readonly profile: Profile;
  /** How often the profile was saved. */
  readonly revision?: number;
  readonly createdAt: number;
  /** The instant that the newest token carries; of two changes of one employee the later has the later instant, whatever the clocks say. */
  readonly lastTokenAt: number;
  /** Tokens made until then are good no more; 0: none was ended. */
  readonly tokensEndedAt: number;
  /** Sessions begun until then are over. */
  readonly sessionsEndedAt: number;
  /** Keyed hashes of the addresses of the last log-ins, the newest first. */
  readonly knownAddresses: readonly string[];
};

export type EmployeeEvent = { readonly type: "changed"; readonly at: number; readonly profile: Profile };
type Decided = { state: Employee; events: EmployeeEvent[] };

const KNOWN_ADDRESSES = 8;
const ADMIN = "admin";

export function createEmployee(
  input: Pick<Employee, "id" | "login" | "name" | "passwordHash" | "profile"> & { readonly mustChangePassword?: boolean },
  at: number,
): Decided {
  const unused = { mustChangePassword: false, lastTokenAt: 0, tokensEndedAt: 0, sessionsEndedAt: 0, knownAddresses: [] };
  return {
    state: { ...unused, ...input, login: input.login.toLowerCase(), createdAt: at },
    events: [{ type: "changed", at, profile: input.profile }],
  };
}

/** Everything that follows from the profile at once: routing, rights, being there at all. */
export function updateProfile(employee: Employee, profile: Profile, at: number): Decided {
  const state = { ...employee, profile };
  const events = [announce(state, at)];
  if (!profile.active) return { state: endSessions(state, at), events };
  const sameRoles = new Set(employee.profile.roles).symmetricDifference(new Set(profile.roles)).size === 0;
  return { state: sameRoles ? state : endTokens(state, at), events };
}

/** How the employee stands, said once more. */
export function announce({ profile }: Employee, at: number): EmployeeEvent {
  return { type: "changed", at, profile };
}

export const isActiveAdmin = ({ active, roles }: Pick<Profile, "active" | "roles">): boolean => active && roles.includes(ADMIN);

export function signOut(employee: Employee, at: number): Decided {
  return { state: endSessions(employee, at), events: [] };
}

export function setPassword(employee: Employee, passwordHash: string, mustChangePassword: boolean, at: number): Decided {
  return { state: endSessions({ ...employee, passwordHash, mustChangePassword }, at), events: [] };
}

/** What was signed until now is refused; who is still allowed in gets another token. */
function endTokens(employee: Employee, at: number): Employee {
  return { ...employee, tokensEndedAt: Math.max(at, employee.lastTokenAt) };
}

function endSessions(employee: Employee, at: number): Employee {
  const ended = endTokens(employee, at);
  return { ...ended, sessionsEndedAt: ended.tokensEndedAt };
}

/**
 * The instant of a new token is stored before it is signed: whatever ends tokens is decided before or after that, and what is decided after
 * carries a later instant.
 */
export function issueToken(employee: Employee, at: number): Decided {
  const lastTokenAt = Math.max(at, employee.lastTokenAt + 1, employee.tokensEndedAt + 1);
  return { state: { ...employee, lastTokenAt }, events: [] };
}

export function rememberAddress(employee: Employee, address: string): Employee {
  if (address === "" || employee.knownAddresses[0] === address) return employee;
  const others = employee.knownAddresses.filter((other) => other !== address);
  return { ...employee, knownAddresses: [address, ...others].slice(0, KNOWN_ADDRESSES) };
}

export function loginFailed(): DomainError {
  return new DomainError("unauthenticated", "login_failed", "tenant, login and password do not fit together");
}

import { checkNotEnded, type Principal, sessionOver } from "@trunkline/auth";
import { DomainError, isDomainError } from "@trunkline/errors";
import { topic } from "@trunkline/events";
import { caseOf } from "@trunkline/proto";
import { EmployeeEventSchema } from "@trunkline/proto/workforce";
import { type AggregateStore, type Filter, inOrder, type StoreBackend } from "@trunkline/store";
import { announce, type Employee, type EmployeeEvent, isActiveAdmin } from "../domain/employee.ts";

export const employeeTopic = topic("workforce.employee", EmployeeEventSchema, true);

export type EmployeeStore = AggregateStore<Employee, EmployeeEvent> & {
  findByLogin(tenant: string, login: string): Promise<Employee | undefined>;
};

const loginKey = (tenant: string, login: string) => `${tenant}/${login.toLowerCase()}`;

export async function openEmployeeStore(backend: StoreBackend): Promise<EmployeeStore> {
  const store = await backend.aggregates<Employee, EmployeeEvent, typeof EmployeeEventSchema, "loginKey" | "extensionKey" | "activeAdmin">({
    name: "employees",
    noun: "employee",
    indexes: [
      [{ loginKey: 1 }, { unique: true, sparse: true }],
      [{ extensionKey: 1 }, { unique: true, sparse: true }],
      { tenant: 1, activeAdmin: 1, createdAt: 1, _id: 1 },
      { tokensEndedAt: 1 },
      { tenant: 1, createdAt: 1, _id: 1 },
    ],
    topic: employeeTopic,
    announce,
    absent: { mustChangePassword: false, lastTokenAt: 0, tokensEndedAt: 0, sessionsEndedAt: 0, knownAddresses: [] },
    encode: (event) => caseOf(EmployeeEventSchema, event),
    derived: (tenant, { login, profile }) => ({
      loginKey: loginKey(tenant, login),
      extensionKey: extensionKey(tenant, profile),
      activeAdmin: isActiveAdmin(profile) ? 1 : undefined,
    }),
  });
  const one = async (tenant: string, filter: Filter) => (await store.page(tenant, filter, inOrder("createdAt", 1))).items[0];
  return {
    ...store,
    create: (scope, id, decision) => store.create(scope, id, decision).catch(namedClash(one, scope.tenant, () => decision.state)),
    update(scope, id, decide, source) {
      let wanted: Employee | undefined;
      const noted = (employee: Employee) => {
        const decision = decide(employee);
        wanted = decision.state;
        return decision;
      };
      return store.update(scope, id, noted, source).catch(namedClash(one, scope.tenant, () => wanted));
    },
    findByLogin: (tenant, login) => one(tenant, { loginKey: loginKey(tenant, login) }),
  };
}

type One = (tenant: string, filter: Filter) => Promise<Employee | undefined>;

/** Says which of the keys it is that somebody else has. */
function namedClash(one: One, tenant: string, wantedOf: () => Employee | undefined): (error: unknown) => Promise<never> {
  return async (error) => {
    const wanted = wantedOf();
    if (!wanted || !isDomainError(error) || error.code !== "employee_exists") throw error;
    const holder = await one(tenant, { loginKey: loginKey(tenant, wanted.login) });
    if (holder && holder.id !== wanted.id)
      throw new DomainError("already_exists", "login_taken", "another employee has this login: choose another one");
    const key = extensionKey(tenant, wanted.profile);
    const rival = key === undefined ? undefined : await one(tenant, { extensionKey: key });
    if (rival && rival.id !== wanted.id)
      throw new DomainError("already_exists", "extension_taken", "another active employee has this extension: take it from them first");
    throw error;
  };
}

/** Unique while somebody active has it: else the field is not there, and the index asks nothing. */
function extensionKey(tenant: string, { active, extension }: Pick<Employee["profile"], "active" | "extension">): string | undefined {
  return active && extension !== "" ? `${tenant}/${extension}` : undefined;
}

/** @throws DomainError unauthenticated session_over | token_stale; a stale token is good to be renewed */
export function checkOf(employee: Employee | undefined, principal: Principal, stale = false): void {
  if (!employee?.profile.active) throw sessionOver();
  const { tokensEndedAt, sessionsEndedAt } = employee;
  checkNotEnded(principal, { tokensEndedAt: stale ? 0 : tokensEndedAt, sessionsEndedAt });
}

import { permissionsOf } from "@trunkline/auth";
import { topic } from "@trunkline/events";
import { EmployeeEventSchema, type EmployeeProfile } from "@trunkline/proto/workforce";
import { openReferenceCopy, type ReferenceCopy } from "@trunkline/reference-copy";
import { type Clock, type Followers, followers, type Logger } from "@trunkline/runtime";
import type { StoreBackend } from "@trunkline/store";

/** What telephony needs of workforce's employees. */
export type Agent = {
  readonly extension: string;
  readonly active: boolean;
  /** Grade by skill, 1 to 5. */
  readonly skills: Readonly<Record<string, number>>;
  readonly roles: readonly string[];
};
export type Access = Pick<Agent, "active"> & { readonly permissions: ReadonlySet<string> };

export type AgentDirectory = Pick<ReferenceCopy<Agent>, "put" | "subscription"> & {
  /** Who answers at this extension; undefined for an extension nobody has. Memory only: a ring waits for no database. */
  byExtension(tenant: string, extension: string): string | undefined;
  /** An active employee with an extension; undefined for others. Memory only. */
  agent(tenant: string, employeeId: string): Pick<Agent, "extension" | "skills"> | undefined;
  /** What an employee may do now; undefined for one of whom nothing has come yet. Memory only. */
  access(tenant: string, employeeId: string): Access | undefined;
  /** Tells whom this instance has learned something of. */
  readonly follow: Followers<{ readonly tenant: string; readonly employeeId: string }>["follow"];
} & AsyncDisposable;

type Parts = { readonly backend: StoreBackend; readonly now: Clock; readonly log: Logger };

export async function openAgentDirectory({ backend, now, log }: Parts): Promise<AgentDirectory> {
  const byExtension = new Map<string, string>();
  const agents = new Map<string, Agent>();
  const everybody = new Map<string, Access>();
  const learned = followers<{ readonly tenant: string; readonly employeeId: string }>();
  const heard = (tenant: string, employeeId: string, row: Agent) => {
    const agent = `${tenant}/${employeeId}`;
    const before = `${tenant}/${agents.get(agent)?.extension}`;
    if (byExtension.get(before) === employeeId) byExtension.delete(before);
    agents.delete(agent);
    everybody.set(agent, { active: row.active, permissions: permissionsOf(row.roles) });
    if (row.active && row.extension !== "") {
      agents.set(agent, row);
      byExtension.set(`${tenant}/${row.extension}`, employeeId);
    }
    learned.tell({ tenant, employeeId });
  };
  const copy = await openReferenceCopy(backend, {
    name: "agents",
    topic: topic("workforce.employee", EmployeeEventSchema, true),
    keep: ({ event }) => (event.case && event.value.profile ? agentOf(event.value.profile) : undefined),
    memory: { heard, now, log },
  });
  return {
    byExtension: (tenant, extension) => byExtension.get(`${tenant}/${extension}`),
    agent: (tenant, employeeId) => agents.get(`${tenant}/${employeeId}`),
    access: (tenant, employeeId) => everybody.get(`${tenant}/${employeeId}`),
    put: copy.put,
    subscription: copy.subscription,
    follow: learned.follow,
    [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
  };
}

function agentOf({ extension, active, skills, roles }: EmployeeProfile): Agent {
  return { extension, active, skills: Object.fromEntries(skills.map(({ skill, level }) => [skill, level])), roles };
}

import { permissionsOf } from "@trunkline/auth";
import { type Clock, type Followers, followers, type Logger } from "@trunkline/runtime";
import type { RowStore, StoreBackend } from "@trunkline/store";
import { type Changed, keepInMemory } from "./memory-copy.ts";

/** Versioned copy of what telephony needs of workforce's employees. */
export type AgentRow = {
  readonly extension: string;
  readonly active: boolean;
  /** Grade by skill, 1 to 5. */
  readonly skills: Readonly<Record<string, number>>;
  readonly roles: readonly string[];
  readonly sequence: number;
};
type Row = AgentRow & Changed;
export type Access = Pick<AgentRow, "active"> & { readonly permissions: ReadonlySet<string> };

export type AgentDirectory = {
  /** Who answers at this extension; undefined for an extension nobody has. Memory only: a ring waits for no database. */
  byExtension(tenant: string, extension: string): string | undefined;
  /** An active employee with an extension; undefined for others. Memory only. */
  agent(tenant: string, employeeId: string): Pick<AgentRow, "extension" | "skills"> | undefined;
  /** What an employee may do now; undefined for one of whom nothing has come yet. Memory only. */
  access(tenant: string, employeeId: string): Access | undefined;
  put(tenant: string, employeeId: string, row: AgentRow): Promise<void>;
  /** Tells whom this instance has learned something of. */
  readonly follow: Followers<{ readonly tenant: string; readonly employeeId: string }>["follow"];
} & AsyncDisposable;

export async function openAgentDirectory({
  backend,
  now,
  log,
}: {
  readonly backend: StoreBackend;
  readonly now: Clock;
  readonly log: Logger;
}): Promise<AgentDirectory> {
  const rows: RowStore<Row> = await backend.rows({
    name: "agents",
    indexes: [{ changedAt: 1 }],
  });
  const byExtension = new Map<string, string>();
  const agents = new Map<string, AgentRow>();
  const everybody = new Map<string, Access>();
  const learned = followers<{ readonly tenant: string; readonly employeeId: string }>();
  const remember = (tenant: string, employeeId: string, row: AgentRow) => {
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
  const copy = await keepInMemory(rows, remember, { now, log });
  return {
    byExtension: (tenant, extension) => byExtension.get(`${tenant}/${extension}`),
    agent: (tenant, employeeId) => agents.get(`${tenant}/${employeeId}`),
    access: (tenant, employeeId) => everybody.get(`${tenant}/${employeeId}`),
    async put(tenant, employeeId, row) {
      const kept = await rows.upsert(tenant, employeeId, (before) =>
        before && before.sequence >= row.sequence ? undefined : { ...row, changedAt: now() },
      );
      if (kept) remember(tenant, employeeId, kept);
    },
    follow: learned.follow,
    [Symbol.asyncDispose]: () => copy[Symbol.asyncDispose](),
  };
}

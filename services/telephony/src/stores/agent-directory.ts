import type { RowStore, StoreBackend } from "@trunkline/mongo";
import { Schema } from "mongoose";

/** Versioned copy of what telephony needs of workforce's employees. */
export type AgentRow = { readonly extension: string; readonly active: boolean; readonly sequence: number };

export type AgentDirectory = {
  /** Who answers at this extension; undefined for an extension nobody has. Memory only: a ring waits for no database. */
  byExtension(tenant: string, extension: string): string | undefined;
  put(tenant: string, employeeId: string, row: AgentRow): Promise<void>;
};

/** More agents than one installation has. */
const ALL = 100_000;

/** Loads every copy at start; the topic brings what changed since. */
export async function openAgentDirectory(backend: StoreBackend): Promise<AgentDirectory> {
  const rows: RowStore<AgentRow> = await backend.rows({
    name: "agents",
    schema: new Schema({ extension: String, active: Boolean, sequence: Number }),
  });
  const byExtension = new Map<string, string>();
  const extensionOf = new Map<string, string>();
  const remember = (tenant: string, employeeId: string, { extension, active }: AgentRow) => {
    const agent = `${tenant}/${employeeId}`;
    const before = extensionOf.get(agent);
    if (before !== undefined && byExtension.get(before) === employeeId) byExtension.delete(before);
    extensionOf.delete(agent);
    if (!active || extension === "") return;
    extensionOf.set(agent, `${tenant}/${extension}`);
    byExtension.set(`${tenant}/${extension}`, employeeId);
  };
  for (const { tenant, id, row } of await rows.due({}, "_id", ALL)) remember(tenant, id, row);
  return {
    byExtension: (tenant, extension) => byExtension.get(`${tenant}/${extension}`),
    async put(tenant, employeeId, row) {
      const kept = await rows.upsert(tenant, employeeId, (before) => (before && before.sequence >= row.sequence ? undefined : row));
      if (kept) remember(tenant, employeeId, kept);
    },
  };
}

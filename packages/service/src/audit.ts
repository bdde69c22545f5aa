import type { AuditEntry } from "@trunkline/rpc";
import type { RowStore, StoreBackend } from "@trunkline/store";

/** A row of the audit log; of what is gathered, such as log-ins that failed alike, how many and from where (keyed hashes). */
export type AuditRow = Omit<AuditEntry, "tenant"> & { readonly count?: number; readonly addresses?: readonly string[] };

/** The audit rows of one service. */
export function openAudit(backend: StoreBackend): Promise<RowStore<AuditRow>> {
  return backend.rows<AuditRow>({
    name: "audit",
    indexes: [{ tenant: 1, at: 1 }, { tenant: 1, object: 1, at: 1 }, { at: 1 }],
    overBy: "at",
  });
}

import { type RowStore, removeOld, type StoreBackend } from "@trunkline/mongo";
import type { AuditEntry } from "@trunkline/rpc";
import { type Clock, type Logger, repeat } from "@trunkline/runtime";
import { Schema } from "mongoose";

const DAY_MS = 86_400_000;
const SWEEP_MS = 600_000;

/** A row of the audit log; of what is gathered, such as log-ins that failed alike, how many and from where (keyed hashes). */
export type AuditRow = Omit<AuditEntry, "tenant"> & { readonly count?: number; readonly addresses?: readonly string[] };

/** The audit rows of one service, kept for so many days; 0 keeps them for ever. */
export async function openAudit(
  backend: StoreBackend,
  days: number,
  now: Clock,
  log: Pick<Logger, "warn">,
  stack: AsyncDisposableStack,
): Promise<RowStore<AuditRow>> {
  const schema = new Schema({}).index({ tenant: 1, at: 1 }).index({ tenant: 1, object: 1, at: 1 }).index({ at: 1 });
  const rows = await backend.rows<AuditRow>({ name: "audit", schema });
  if (days > 0) {
    const work = () => removeOld(rows, "at", now() - days * DAY_MS);
    stack.use(repeat({ what: "forgetting old audit rows", everyMs: SWEEP_MS, work, log, restFirst: true }));
  }
  return rows;
}

import { contentId, newId } from "@trunkline/runtime";
import type { AuditRow } from "@trunkline/service";
import type { RowStore } from "@trunkline/store";

const MINUTE_MS = 60_000;
const ADDRESSES = 20;

export type LogInRow = {
  readonly tenant: string;
  /** Id of the employee, or the keyed hash of a login that nobody has. */
  readonly object: string;
  readonly actor: string;
  readonly correlation: string;
  readonly address: string;
  readonly at: number;
};

export type LogInAudit = {
  succeeded(row: LogInRow): Promise<void>;
  /** Gathers what fails alike within a minute, so that an attack does not fill the disk; the count tells of it. */
  failed(row: LogInRow, code: string): Promise<void>;
};

const METHOD = "trunkline.workforce.v1.SessionService/LogIn";

export function logInAudit(rows: RowStore<AuditRow>): LogInAudit {
  return {
    async succeeded({ tenant, address, ...row }) {
      await rows.upsert(tenant, newId(row.at), () => ({ method: METHOD, code: "ok", addresses: [address], ...row }));
    },
    async failed({ tenant, address, ...row }, code) {
      const minute = Math.floor(row.at / MINUTE_MS);
      await rows.upsert(tenant, contentId("log-in", tenant, row.object || address, code, String(minute)), (before) => ({
        method: METHOD,
        code,
        ...row,
        count: (before?.count ?? 0) + 1,
        addresses: [...new Set([...(before?.addresses ?? []), address])].slice(0, ADDRESSES),
      }));
    },
  };
}

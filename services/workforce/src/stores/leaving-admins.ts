import { DomainError } from "@trunkline/errors";
import type { Clock } from "@trunkline/runtime";
import { inOrder, type StoreBackend } from "@trunkline/store";
import type { EmployeeStore } from "./employee-store.ts";

/** Longer than any change takes; what a crash left is forgotten then. */
const CHANGE_MS = 30_000;

type Leaving = { readonly since: Readonly<Record<string, number>> };

/** @throws DomainError rule_violated last_admin */
export type LeavingAdmins = <T>(tenant: string, employeeId: string, change: () => Promise<T>) => Promise<T>;

/**
 * Who is about to be no administrator any more is written down first, in one row of the tenant: of two at once the second sees the first,
 * or what came of it.
 */
export async function openLeavingAdmins(backend: StoreBackend, employees: EmployeeStore, now: Clock): Promise<LeavingAdmins> {
  const rows = await backend.rows<Leaving>({ name: "leaving_admins", indexes: [] });
  const note = async (tenant: string, employeeId: string, since: number | undefined) => {
    const row = await rows.upsert(tenant, "all", (before) => {
      const others = Object.entries(before?.since ?? {}).filter(([id, at]) => id !== employeeId && at > now() - CHANGE_MS);
      return { since: Object.fromEntries(since === undefined ? others : [...others, [employeeId, since]]) };
    });
    return new Set(Object.keys(row?.since ?? {}));
  };
  return async (tenant, employeeId, change) => {
    const leaving = await note(tenant, employeeId, now());
    try {
      const admins = await employees.page(tenant, { activeAdmin: 1 }, inOrder("createdAt", 200));
      if (admins.items.some(({ id }) => !leaving.has(id))) return await change();
      throw new DomainError("rule_violated", "last_admin", "the tenant would be without an active administrator: name another one first");
    } finally {
      await note(tenant, employeeId, undefined);
    }
  };
}

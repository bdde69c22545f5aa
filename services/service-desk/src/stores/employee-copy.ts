import { eventually } from "@trunkline/runtime";
import { itemsOf, type RowStore, type StoreBackend } from "@trunkline/store";

/** What this service keeps of an employee: a copy of workforce's record as of its event number `sequence`. */
export type EmployeeRow = {
  readonly employeeId: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly skills: readonly { readonly skill: string; readonly level: number }[];
  readonly territories: readonly string[];
  readonly base?: { readonly latitude: number; readonly longitude: number };
  readonly calendarId: string;
  readonly dailyCapacity: number;
  readonly sequence: number;
};

export type EmployeeCopy = {
  put(tenant: string, row: EmployeeRow): Promise<void>;
  /** Waits a moment for an employee who was created just now. */
  find(tenant: string, employeeId: string): Promise<EmployeeRow | undefined>;
  /** Everybody with the role of an engineer, active or not, at most 2,000; `more` when that left somebody out. */
  engineers(tenant: string): Promise<{ readonly rows: readonly EmployeeRow[]; readonly more: boolean }>;
};
const PAGE = 200;
const MOST = 10 * PAGE;

/** @param waitMs how long an unknown id may take to arrive over the topic */
export async function openEmployeeCopy(backend: StoreBackend, waitMs: number): Promise<EmployeeCopy> {
  const rows: RowStore<EmployeeRow> = await backend.rows<EmployeeRow>({
    name: "employee_copies",
    indexes: [{ tenant: 1, roles: 1, employeeId: 1, _id: 1 }],
    lists: ["roles"],
  });
  return {
    put: async (tenant, row) => {
      await rows.upsert(tenant, row.employeeId, (known) => (known && known.sequence >= row.sequence ? undefined : row));
    },
    find: (tenant, employeeId) => eventually(() => rows.find(tenant, employeeId), waitMs),
    engineers: async (tenant) => {
      const all: EmployeeRow[] = [];
      const page = (token: string) => rows.page(tenant, { roles: "engineer" }, { by: "employeeId", direction: 1, size: PAGE, token });
      for await (const row of itemsOf(page)) if (all.push(row) > MOST) break;
      return { rows: all.slice(0, MOST), more: all.length > MOST };
    },
  };
}

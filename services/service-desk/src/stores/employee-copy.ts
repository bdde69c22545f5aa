import { topic } from "@trunkline/events";
import { EmployeeEventSchema, type EmployeeProfile } from "@trunkline/proto/workforce";
import { type Copied, openReferenceCopy, type ReferenceCopy } from "@trunkline/reference-copy";
import { itemsOf, type StoreBackend } from "@trunkline/store";

/** What this service keeps of an employee. */
type Employee = {
  readonly employeeId: string;
  readonly active: boolean;
  readonly roles: readonly string[];
  readonly skills: readonly { readonly skill: string; readonly level: number }[];
  readonly territories: readonly string[];
  readonly base?: { readonly latitude: number; readonly longitude: number };
  readonly calendarId: string;
  readonly dailyCapacity: number;
};
export type EmployeeRow = Copied<Employee>;

export type EmployeeCopy = ReferenceCopy<Employee> & {
  /** Everybody with the role of an engineer, active or not, at most 2,000; `more` when that left somebody out. */
  engineers(tenant: string): Promise<{ readonly rows: readonly EmployeeRow[]; readonly more: boolean }>;
};
const PAGE = 200;
const MOST = 10 * PAGE;

export async function openEmployeeCopy(backend: StoreBackend, waitMs: number): Promise<EmployeeCopy> {
  const copy = await openReferenceCopy(backend, {
    name: "employee_copies",
    indexes: [{ tenant: 1, roles: 1, employeeId: 1, _id: 1 }],
    lists: ["roles"],
    topic: topic("workforce.employee", EmployeeEventSchema, true),
    keep: ({ event }, id) => (event.case && event.value.profile ? employeeOf(id, event.value.profile) : undefined),
    waitMs,
  });
  return {
    ...copy,
    engineers: async (tenant) => {
      const all: EmployeeRow[] = [];
      const page = (token: string) => copy.page(tenant, { roles: "engineer" }, { by: "employeeId", direction: 1, size: PAGE, token });
      for await (const row of itemsOf(page)) if (all.push(row) > MOST) break;
      return { rows: all.slice(0, MOST), more: all.length > MOST };
    },
  };
}

function employeeOf(employeeId: string, profile: EmployeeProfile): Employee {
  const { active, roles, skills, territories, base, calendarId, dailyCapacity } = profile;
  const grades = skills.map(({ skill, level }) => ({ skill, level }));
  const where = base ? { base: { latitude: base.latitude, longitude: base.longitude } } : {};
  return { employeeId, active, roles, skills: grades, territories, calendarId, dailyCapacity, ...where };
}

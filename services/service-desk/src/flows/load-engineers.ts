import type { Context } from "../context.ts";
import type { Engineer } from "../domain/dispatch-policy.ts";
import type { WorkOrder } from "../domain/work-order.ts";
import { workloadId } from "../domain/workload.ts";
import { zonedDate } from "../domain/zoned-date.ts";
import type { EmployeeRow } from "../stores/employee-copy.ts";

/** An engineer as the policy sees them, and the business date of the visit in their zone. */
export type Loaded = { readonly engineer: Engineer; readonly date: string };

/** A visit of somebody without a calendar fails on working hours anyway. */
const FALLBACK_ZONE = "UTC";

/** Whom one dispatch looks at, and whether there are others. */
export type LoadedEngineers = { readonly byId: ReadonlyMap<string, Loaded>; readonly leftOut: boolean };

/** Everybody who could be sent, with what their day holds beside this work order. */
export async function loadEngineers(
  { employees, calendars, workloads }: Pick<Context, "employees" | "calendars" | "workloads">,
  tenant: string,
  { id, windowFrom }: Pick<WorkOrder, "id" | "windowFrom">,
): Promise<LoadedEngineers> {
  const { rows, more } = await employees.engineers(tenant);
  const calendarIds = [...new Set(rows.map(({ calendarId }) => calendarId))].filter((calendarId) => calendarId !== "");
  const calendarById = new Map(
    await Promise.all(calendarIds.map(async (calendarId) => [calendarId, (await calendars.find(tenant, calendarId))?.calendar] as const)),
  );
  const dateOf = (row: EmployeeRow) => zonedDate(windowFrom, calendarById.get(row.calendarId)?.timeZone ?? FALLBACK_ZONE);
  const visits = await workloads.countVisits(tenant, [...new Set(rows.map(dateOf))], id);
  const byId = new Map(
    rows.map((row) => {
      const date = dateOf(row);
      const engineer: Engineer = {
        id: row.employeeId,
        active: row.active,
        skills: Object.fromEntries(row.skills.map(({ skill, level }) => [skill, level])),
        territories: row.territories,
        base: row.base,
        calendar: calendarById.get(row.calendarId),
        dailyCapacity: row.dailyCapacity,
        visits: visits.get(workloadId(row.employeeId, date)) ?? 0,
      };
      return [row.employeeId, { engineer, date }];
    }),
  );
  return { byId, leftOut: more };
}

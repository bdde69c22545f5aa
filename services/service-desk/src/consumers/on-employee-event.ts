import { on, type Subscription, topic } from "@trunkline/events";
import { EmployeeEventSchema, type EmployeeProfile } from "@trunkline/proto/workforce";
import type { Context } from "../context.ts";
import type { EmployeeRow } from "../stores/employee-copy.ts";

export function onEmployeeEvent({ employees }: Pick<Context, "employees">): Subscription {
  return on(topic("workforce.employee", EmployeeEventSchema, true), async ({ event: { event }, id, sequence, scope }) => {
    const profile = event.case === "changed" ? event.value.profile : undefined;
    if (profile) await employees.put(scope.tenant, toRow(id, sequence, profile));
  });
}

function toRow(
  employeeId: string,
  sequence: number,
  { active, roles, skills, territories, base, calendarId, dailyCapacity }: EmployeeProfile,
): EmployeeRow {
  return {
    employeeId,
    active,
    roles,
    territories,
    calendarId,
    dailyCapacity,
    sequence,
    skills: skills.map(({ skill, level }) => ({ skill, level })),
    ...(base ? { base: { latitude: base.latitude, longitude: base.longitude } } : {}),
  };
}

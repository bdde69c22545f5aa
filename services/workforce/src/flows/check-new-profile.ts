import { ROLES } from "@trunkline/auth";
import type { Context } from "../context.ts";
import { checkProfile } from "../domain/check-profile.ts";
import type { Profile } from "../domain/employee.ts";

const roles: ReadonlySet<string> = new Set(Object.keys(ROLES));

/** What a profile names is looked up where it is new; what stood there before does not keep anybody from changing the rest. */
export async function checkNewProfile(
  { employees, calendars }: Pick<Context, "employees" | "calendars">,
  tenant: string,
  id: string,
  profile: Profile,
  before?: Profile,
): Promise<void> {
  const { calendarId, managerId } = profile;
  const kept = (id: string, previous: string | undefined) => id === "" || id === previous;
  const calendar = kept(calendarId, before?.calendarId) || (await calendars.find(tenant, calendarId)) !== undefined;
  const manager = kept(managerId, before?.managerId) || (managerId !== id && (await employees.find(tenant, managerId)) !== undefined);
  checkProfile(profile, { roles, calendar, manager });
}

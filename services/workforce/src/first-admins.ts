import { contentId, serviceScope } from "@trunkline/runtime";
import type { WorkforceConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { createEmployee } from "./domain/employee.ts";
import { checkPassword } from "./domain/password-policy.ts";
import { hashPassword } from "./stores/password.ts";

/** Somebody has to let the others in: creates the configured administrators that are not there yet. */
export async function createFirstAdmins(
  { employees, now }: Pick<Context, "employees" | "now">,
  admins: WorkforceConfig["firstAdmins"],
): Promise<void> {
  for (const { tenant, login, password, roles } of admins) {
    if (await employees.findByLogin(tenant, login)) continue;
    checkPassword(password, { tenant, login, name: login });
    const id = contentId(tenant, "first-admin", login);
    const profile = {
      active: true,
      roles: ["admin", ...roles],
      departmentId: "",
      extension: "",
      skills: [],
      territories: [],
      base: undefined,
      calendarId: "",
      managerId: "",
      dailyCapacity: 0,
    };
    // Two instances that start at once make the same id: the second finds the first one's work.
    const scope = { ...serviceScope("workforce", tenant, id), causation: "first-admin" };
    await employees.create(
      scope,
      id,
      createEmployee({ id, login, name: login, passwordHash: await hashPassword(password), profile }, now()),
    );
  }
}

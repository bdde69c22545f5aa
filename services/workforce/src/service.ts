import { createTokenSigner } from "@trunkline/auth";
import { CalendarService, EmployeeService, SessionService } from "@trunkline/proto/workforce";
import { implement } from "@trunkline/rpc";
import { openPlatform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import type { WorkforceConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { createFirstAdmins } from "./first-admins.ts";
import { createEmployee } from "./rpc/create-employee.ts";
import { getCalendar } from "./rpc/get-calendar.ts";
import { getEmployee } from "./rpc/get-employee.ts";
import { listEmployees } from "./rpc/list-employees.ts";
import { logIn } from "./rpc/log-in.ts";
import { logOut } from "./rpc/log-out.ts";
import { putCalendar } from "./rpc/put-calendar.ts";
import { updateEmployee } from "./rpc/update-employee.ts";
import { calendarTopic, openCalendarStore } from "./stores/calendar-store.ts";
import { employeeTopic, openEmployeeStore } from "./stores/employee-store.ts";

export function startWorkforce(config: WorkforceConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("workforce", [employeeTopic, calendarTopic], config, overrides, async (platform) => {
    const context: Context = {
      employees: await openEmployeeStore(platform.backend),
      calendars: await openCalendarStore(platform.backend),
      signToken: await createTokenSigner("workforce", config.serviceKey as never),
      now: platform.now,
    };
    await createFirstAdmins(context, config.firstAdmins);
    await platform.serve([
      implement(SessionService, { logIn: logIn(context), logOut: logOut(context) }),
      implement(EmployeeService, {
        createEmployee: createEmployee(context),
        updateEmployee: updateEmployee(context),
        getEmployee: getEmployee(context),
        listEmployees: listEmployees(context),
      }),
      implement(CalendarService, { putCalendar: putCalendar(context), getCalendar: getCalendar(context) }),
    ]);
  });
}

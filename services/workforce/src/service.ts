import { createTokenSigner, SESSION_OWN } from "@trunkline/auth";
import { CalendarService, EmployeeService, SessionService } from "@trunkline/proto/workforce";
import { type Implementation, implement, type ServeRpcOptions } from "@trunkline/rpc";
import { repeat } from "@trunkline/runtime";
import { openPlatform, type Platform, type PlatformOverrides, type RunningService } from "@trunkline/service";
import type { WorkforceConfig } from "./config.ts";
import type { Context } from "./context.ts";
import { createFirstAdmins } from "./first-admins.ts";
import { changePassword } from "./rpc/change-password.ts";
import { createEmployee } from "./rpc/create-employee.ts";
import { getCalendar } from "./rpc/get-calendar.ts";
import { getEmployee } from "./rpc/get-employee.ts";
import { listCalendars } from "./rpc/list-calendars.ts";
import { listColleagues } from "./rpc/list-colleagues.ts";
import { listEmployees } from "./rpc/list-employees.ts";
import { listEndedSessions } from "./rpc/list-ended-sessions.ts";
import { logIn } from "./rpc/log-in.ts";
import { logOut } from "./rpc/log-out.ts";
import { putCalendar } from "./rpc/put-calendar.ts";
import { renewSession } from "./rpc/renew-session.ts";
import { resetPassword } from "./rpc/reset-password.ts";
import { updateEmployee } from "./rpc/update-employee.ts";
import { calendarTopic, openCalendarStore } from "./stores/calendar-store.ts";
import { checkOf, employeeTopic, openEmployeeStore } from "./stores/employee-store.ts";
import { createKeyedHash } from "./stores/keyed-hash.ts";
import { openLeavingAdmins } from "./stores/leaving-admins.ts";
import { logInAudit } from "./stores/log-in-audit.ts";
import { openLogInTries } from "./stores/log-in-tries.ts";
import { createTurns } from "./stores/turns.ts";

const SWEEP_MS = 60_000;

export function startWorkforce(config: WorkforceConfig, overrides: PlatformOverrides = {}): Promise<RunningService> {
  return openPlatform("workforce", [employeeTopic, calendarTopic], config, overrides, async (platform) => {
    const context = await openContext(config, platform);
    await createFirstAdmins(context, config.firstAdmins);
    await platform.serve(entrances(context), checkSession(context));
    const { log, stack } = platform;
    stack.use(repeat({ what: "forgetting log-in tries", everyMs: SWEEP_MS, work: context.tries.sweep, log, restFirst: true }));
  });
}

type Parts = Pick<Platform, "backend" | "audit" | "now">;
type Settings = Pick<WorkforceConfig, "serviceKey" | "accessTokenMs" | "sessionMs">;

export async function openContext({ serviceKey, accessTokenMs, sessionMs }: Settings, { backend, audit, now }: Parts): Promise<Context> {
  const employees = await openEmployeeStore(backend);
  return {
    employees,
    calendars: await openCalendarStore(backend),
    leavingAdmins: await openLeavingAdmins(backend, employees, now),
    tries: await openLogInTries(backend, now),
    logIns: logInAudit(audit),
    turns: createTurns(),
    hash: createKeyedHash(JSON.stringify(serviceKey)),
    signToken: await createTokenSigner("workforce", serviceKey as never),
    accessTokenMs,
    sessionMs,
    now,
  };
}

/** Here what is stored is asked: who was shut out does nothing more, least of all to themselves. */
export function checkSession({ employees }: Pick<Context, "employees">): ServeRpcOptions["checkSession"] {
  return async (principal, permission) => {
    const employee = await employees.find(principal.tenant ?? "", principal.id);
    checkOf(employee, principal, permission === SESSION_OWN);
  };
}

export function entrances(context: Context): Implementation[] {
  return [
    implement(SessionService, context, { logIn, renewSession, logOut, changePassword, listEndedSessions }),
    implement(EmployeeService, context, { createEmployee, updateEmployee, resetPassword, getEmployee, listEmployees, listColleagues }),
    implement(CalendarService, context, { putCalendar, getCalendar, listCalendars }),
  ];
}

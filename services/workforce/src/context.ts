import type { TokenSigner } from "@trunkline/auth";
import type { Clock } from "@trunkline/runtime";
import type { CalendarStore } from "./stores/calendar-store.ts";
import type { EmployeeStore } from "./stores/employee-store.ts";

export type Context = {
  readonly employees: EmployeeStore;
  readonly calendars: CalendarStore;
  /** Signs the tokens of employees. */
  readonly signToken: TokenSigner;
  readonly now: Clock;
};

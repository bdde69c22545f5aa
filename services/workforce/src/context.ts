import type { TokenSigner } from "@trunkline/auth";
import type { Clock } from "@trunkline/runtime";
import type { CalendarStore } from "./stores/calendar-store.ts";
import type { EmployeeStore } from "./stores/employee-store.ts";
import type { KeyedHash } from "./stores/keyed-hash.ts";
import type { LeavingAdmins } from "./stores/leaving-admins.ts";
import type { LogInAudit } from "./stores/log-in-audit.ts";
import type { LogInTries } from "./stores/log-in-tries.ts";
import type { Turns } from "./stores/turns.ts";

export type Context = {
  readonly employees: EmployeeStore;
  readonly calendars: CalendarStore;
  readonly leavingAdmins: LeavingAdmins;
  readonly tries: LogInTries;
  readonly logIns: LogInAudit;
  /** Hashing of passwords, a few at once. */
  readonly turns: Turns;
  readonly hash: KeyedHash;
  /** Signs the tokens of employees. */
  readonly signToken: TokenSigner;
  readonly accessTokenMs: number;
  readonly sessionMs: number;
  readonly now: Clock;
};

import { type BusinessCalendar, checkCalendar } from "@trunkline/calendar";
import { DomainError } from "@trunkline/errors";

export type Calendar = { readonly id: string; readonly calendar: BusinessCalendar; readonly revision?: number };
export type CalendarEvent = { readonly type: "changed"; readonly at: number; readonly calendar: BusinessCalendar };

/** @throws DomainError invalid calendar_invalid with every problem found */
export function putCalendar(
  id: string,
  calendar: BusinessCalendar,
  revision: number,
  at: number,
): { state: Calendar; events: CalendarEvent[] } {
  const problems = checkCalendar(calendar);
  if (problems.length > 0) throw new DomainError("invalid", "calendar_invalid", problems.join("; "), { problems: problems.length });
  return { state: { id, calendar, revision }, events: [{ type: "changed", at, calendar }] };
}

import type { BusinessCalendar } from "@trunkline/calendar";
import { eventually } from "@trunkline/runtime";
import type { StoreBackend } from "@trunkline/store";

type CalendarRow = { readonly calendar: BusinessCalendar; readonly sequence: number };

/** A copy of workforce's calendars; equal content is the same object, because business time is cached by it. */
export type CalendarCopy = {
  put(tenant: string, calendarId: string, row: CalendarRow): Promise<void>;
  find(tenant: string, calendarId: string): Promise<BusinessCalendar | undefined>;
  /** As find, but waits a moment for a calendar that was saved just now. */
  await(tenant: string, calendarId: string): Promise<BusinessCalendar | undefined>;
};

const KEPT = 500;

/** @param waitMs how long an unknown id may take to arrive over the topic */
export async function openCalendarCopy(backend: StoreBackend, waitMs: number): Promise<CalendarCopy> {
  const rows = await backend.rows<CalendarRow>({ name: "calendar_copies", indexes: [] });
  const kept = new Map<string, CalendarRow>();
  const find = async (tenant: string, calendarId: string) => {
    const row = await rows.find(tenant, calendarId);
    if (!row) return undefined;
    const key = `${tenant}/${calendarId}`;
    const known = kept.get(key);
    if (known?.sequence === row.sequence) return known.calendar;
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, row);
    return row.calendar;
  };
  return {
    find,
    await: (tenant, calendarId) => eventually(() => find(tenant, calendarId), waitMs),
    put: async (tenant, calendarId, row) => {
      await rows.upsert(tenant, calendarId, (known) => (known && known.sequence >= row.sequence ? undefined : row));
    },
  };
}

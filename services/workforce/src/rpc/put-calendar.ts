import type { PutCalendarRequestValid } from "@trunkline/proto/workforce";
import { calendarOf } from "@trunkline/reference-copy";
import type { CallContext } from "@trunkline/rpc";
import { nextRevision } from "@trunkline/store";
import type { Context } from "../context.ts";
import { type Calendar, putCalendar as put } from "../domain/business-calendar.ts";
import { toMessage } from "../stores/calendar-message.ts";

export async function putCalendar({ calendars, now }: Context, { calendar }: PutCalendarRequestValid, call: CallContext) {
  const id = calendar.calendarId;
  const decide = (before?: Calendar) => put(id, calendarOf(calendar), nextRevision(before, calendar.revision), now());
  const existing = await calendars.find(call.tenant, id);
  const saved = existing ? await calendars.update(call, id, decide) : await calendars.create(call, id, decide());
  return { calendar: toMessage(saved) };
}

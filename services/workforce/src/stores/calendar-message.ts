import type { MessageInitShape } from "@bufbuild/protobuf";
import type { BusinessCalendar as Domain } from "@trunkline/calendar";
import type { BusinessCalendar, BusinessCalendarSchema, TimeSpan } from "@trunkline/proto/workforce";
import type { Calendar } from "../domain/business-calendar.ts";

const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;

export function toMessage({ id, calendar, revision = 0 }: Calendar): MessageInitShape<typeof BusinessCalendarSchema> {
  return {
    calendarId: id,
    revision,
    timeZone: calendar.timeZone,
    week: WEEKDAYS.map((weekday) => ({ weekday, spans: [...calendar.week[weekday]] })),
    holidays: calendar.holidays,
    exceptions: Object.entries(calendar.exceptions).map(([date, spans]) => ({ date, spans: [...spans] })),
    makeUpDay: [...(calendar.makeUpDay ?? [])],
  };
}

export function fromMessage(message: BusinessCalendar): Domain {
  const spans = (list: readonly TimeSpan[]) => list.map(({ from, to }) => ({ from, to }));
  const day = (weekday: number) => spans(message.week.find((entry) => entry.weekday === weekday)?.spans ?? []);
  return {
    timeZone: message.timeZone,
    week: { 1: day(1), 2: day(2), 3: day(3), 4: day(4), 5: day(5), 6: day(6), 7: day(7) },
    exceptions: Object.fromEntries(message.exceptions.map((entry) => [entry.date, spans(entry.spans)])),
    holidays: message.holidays === "cn" ? "cn" : "none",
    ...(message.makeUpDay.length > 0 ? { makeUpDay: spans(message.makeUpDay) } : {}),
  };
}

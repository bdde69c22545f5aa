import type { MessageInitShape } from "@bufbuild/protobuf";
import type { BusinessCalendarSchema } from "@trunkline/proto/workforce";
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

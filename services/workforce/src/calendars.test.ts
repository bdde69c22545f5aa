import { describe, expect, it } from "@jest/globals";
import { CalendarService } from "@trunkline/proto/workforce";
import { asking, type Who } from "@trunkline/rpc/asking";
import { entrances } from "./service.ts";
import { openWorkforce } from "./workforce.test-support.ts";

const WEEK = [{ weekday: 1, spans: [{ from: "09:00", to: "18:00" }] }];
const supervisor: Who = { id: "s", roles: ["supervisor"] };

describe("the calendars of a tenant", () => {
  it("are listed by their ids, page by page", async () => {
    await using desk = await openWorkforce();
    const ask = asking(entrances(desk.context));
    for (const calendarId of ["office", "night", "weekend"])
      await ask(
        CalendarService.method.putCalendar,
        { calendar: { calendarId, timeZone: "Asia/Shanghai", holidays: "cn", week: WEEK } },
        supervisor,
      );
    const first = await ask(CalendarService.method.listCalendars, { pageSize: 2 }, supervisor);
    const rest = await ask(CalendarService.method.listCalendars, { pageSize: 2, pageToken: first.nextPageToken }, supervisor);
    expect(first.calendars.map(({ calendarId }) => calendarId)).toEqual(["night", "office"]);
    expect(rest.calendars).toEqual([expect.objectContaining({ calendarId: "weekend", timeZone: "Asia/Shanghai", revision: 1 })]);
    expect(rest.nextPageToken).toBe("");
  });
});

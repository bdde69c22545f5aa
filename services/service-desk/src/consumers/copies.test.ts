import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { spansOn } from "@trunkline/calendar";
import { topic } from "@trunkline/events";
import { BusinessCalendarSchema, CalendarEventSchema, EmployeeEventSchema } from "@trunkline/proto/workforce";
import { openDesk } from "../desk.test-support.ts";

const employees = topic("workforce.employee", EmployeeEventSchema, true);
const calendars = topic("workforce.calendar", CalendarEventSchema, true);

describe("the copies of workforce's records", () => {
  it("take the newest state of an employee, in whatever order the events come", async () => {
    const desk = await openDesk(0);
    const told = (n: number, active: boolean) =>
      desk.publish(employees, "t1", "li", n, { event: { case: "changed", value: { profile: { active, roles: ["engineer"] } } } });
    await told(2, false);
    await told(1, true);
    expect((await desk.context.employees.find("t1", "li"))?.active ?? false).toBe(false);
    await told(3, true);
    expect((await desk.context.employees.find("t1", "li"))?.active ?? false).toBe(true);
    expect((await desk.context.employees.find("t2", "li"))?.active ?? false).toBe(false);
    expect((await desk.context.employees.engineers("t1")).rows.map(({ employeeId, sequence }) => [employeeId, sequence])).toEqual([
      ["li", 3],
    ]);
  });

  it("give every engineer, page after page", async () => {
    const desk = await openDesk(0);
    for (let n = 0; n < 205; n++) await desk.addEmployee(`e${n}`, { roles: ["engineer"] });
    await desk.addEmployee("clerk", { roles: ["agent"] });
    expect((await desk.context.employees.engineers("t1")).rows).toHaveLength(205);
  });

  it("take the newest calendar, and are the same object until it changes", async () => {
    const desk = await openDesk(0);
    const told = (n: number, from: string) => {
      const calendar = create(BusinessCalendarSchema, {
        timeZone: "Asia/Shanghai",
        holidays: "cn",
        week: [{ weekday: 1, spans: [{ from, to: "17:00" }] }],
        exceptions: [{ date: "2026-03-16", spans: [] }],
        makeUpDay: [{ from: "10:00", to: "16:00" }],
      });
      return desk.publish(calendars, "t1", "office", n, { event: { case: "changed", value: { calendar } } });
    };
    await told(2, "08:00");
    const first = (await desk.context.calendars.find("t1", "office"))?.calendar;
    await told(1, "07:00");
    expect((await desk.context.calendars.find("t1", "office"))?.calendar).toBe(first);
    if (!first) throw new Error("no calendar came");
    expect([
      spansOn(first, "2026-03-09"),
      spansOn(first, "2026-03-10"),
      spansOn(first, "2026-03-16"),
      spansOn(first, "2026-02-14"),
    ]).toEqual([[{ from: "08:00", to: "17:00" }], [], [], [{ from: "10:00", to: "16:00" }]]);
    await told(3, "09:00");
    expect((await desk.context.calendars.find("t1", "office"))?.calendar).not.toBe(first);
    expect(await desk.context.calendars.find("t2", "office")).toBeUndefined();
  });
});

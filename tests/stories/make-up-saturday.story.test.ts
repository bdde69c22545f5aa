import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN_LOGIN, type Api, logIn, type System } from "@trunkline/dev-env";
import { startStory, storyClock } from "./system.ts";

/**
 * 2026-02-14 is a Saturday on which China works (调休); the Spring Festival closes the days after it. Office hours are
 * 09:00-12:00 and 13:00-18:00, Asia/Shanghai.
 */
describe("a request opened on a make-up Saturday, shortly before lunch", () => {
  const clock = storyClock("2026-02-14T03:30:00Z");
  let system: System;
  let admin: Api;
  let supervisorId = "";
  beforeAll(async () => {
    system = await startStory("saturday", clock.now, ["huaxing"], {
      services: ["workforce", "customer", "service-desk", "analytics", "gateway"],
    });
    const session = await logIn(system.gatewayUrl, "huaxing", ADMIN_LOGIN, system.adminPassword);
    admin = session.api;
    const day = [
      { from: "09:00", to: "12:00" },
      { from: "13:00", to: "18:00" },
    ];
    const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, spans: day }));
    await admin.call("workforce.v1.CalendarService/PutCalendar", {
      calendar: { calendarId: "office", timeZone: "Asia/Shanghai", week, holidays: "cn" },
    });
    const supervisor = {
      requestId: "s",
      login: "supervisor",
      name: "孙主管",
      password: "a-password",
      profile: { active: true, roles: ["supervisor"] },
    };
    supervisorId = (await admin.call<{ employee: { employeeId: string } }>("workforce.v1.EmployeeService/CreateEmployee", supervisor))
      .employee.employeeId;
    await system.drain();
    const ladder = [
      { level: 1, limitMs: String(3_600_000), ownerId: session.employeeId },
      { level: 2, limitMs: String(8 * 3_600_000), ownerId: supervisorId },
    ];
    const queue = {
      queueId: "repair",
      name: "报修",
      ownerId: session.employeeId,
      calendarId: "office",
      ladder,
      firstResponseMs: String(3_600_000),
      resolutionMs: String(8 * 3_600_000),
    };
    await admin.call("service_desk.v1.RequestQueueService/PutRequestQueue", { queue });
  }, 120_000);
  afterAll(async () => system[Symbol.asyncDispose](), 60_000);

  type Opened = {
    requestId: string;
    level: number;
    ownerId: string;
    targets: { target: string; dueAt: string }[];
    history: { what: string; at: string; level: number }[];
  };
  const read = async (requestId: string) =>
    (await admin.call<{ request: Opened }>("service_desk.v1.RequestService/GetRequest", { requestId })).request;

  it("counts its targets over lunch and over the holiday, and climbs the ladder after an hour of work, not of clock", async () => {
    // 11:30 in Shanghai: half an hour until lunch.
    clock.moveTo("2026-02-14T03:30:00Z");
    const { request } = await admin.call<{ request: Opened }>("service_desk.v1.RequestService/OpenRequest", {
      requestId: "r",
      type: "repair",
      subject: "空调不制冷",
      queueId: "repair",
    });
    const due = Object.fromEntries(request.targets.map(({ target, dueAt }) => [target, dueAt]));
    // One business hour: 11:30-12:00 and 13:00-13:30.
    expect(due["first_response"]).toBe("2026-02-14T05:30:00Z");
    // Eight: half before lunch, five after, the other two and a half on the first day after the Spring Festival.
    expect(due["resolution"]).toBe("2026-02-24T03:30:00Z");
    clock.moveTo("2026-02-14T05:29:00Z");
    await system.drain();
    expect((await read(request.requestId)).level).toBe(1);
    clock.moveTo("2026-02-14T05:30:01Z");
    await expectSoon(async () => (await read(request.requestId)).level, 2);
    const escalated = await read(request.requestId);
    expect(escalated.ownerId).toBe(supervisorId);
    expect(escalated.history.find(({ what }) => what === "escalated")?.at).toBe("2026-02-14T05:30:00Z");
  });
});

/** The timers run on their own; this asks until they have. */
async function expectSoon<T>(ask: () => Promise<T>, wanted: T): Promise<void> {
  const until = performance.now() + 60_000;
  let last = await ask();
  while (last !== wanted && performance.now() < until) last = await ask();
  expect(last).toBe(wanted);
}

import type { BusinessCalendar } from "@trunkline/calendar";
import { openRequest } from "./open-request.ts";
import type { Request, RequestDecision } from "./request.ts";
import type { RequestQueue } from "./request-queue.ts";

export const [MINUTE, HOUR] = [60_000, 3_600_000];

/** 9 to 12 and 13:30 to 18, Monday to Friday, with China's holidays and make-up days. */
const day = [
  { from: "09:00", to: "12:00" },
  { from: "13:30", to: "18:00" },
];
export const office: BusinessCalendar = {
  timeZone: "Asia/Shanghai",
  week: { 1: day, 2: day, 3: day, 4: day, 5: day, 6: [], 7: [] },
  exceptions: {},
  holidays: "cn",
};
/** Never closed: durations are plain arithmetic. */
export const always: BusinessCalendar = {
  timeZone: "UTC",
  week: { 1: all(), 2: all(), 3: all(), 4: all(), 5: all(), 6: all(), 7: all() },
  exceptions: {},
  holidays: "none",
};
function all() {
  return [{ from: "00:00", to: "24:00" }];
}

/** An instant on the wall clock of Shanghai: "2026-03-06 16:30". */
export const at = (text: string): number => Date.parse(`${text.replace(" ", "T")}:00+08:00`);

export const queue = (change: Partial<RequestQueue> = {}): RequestQueue => ({
  id: "repairs",
  name: "Repairs",
  ownerId: "lead",
  calendarId: "office",
  ladder: [
    { level: 1, limitMs: 30 * MINUTE, ownerId: "lead" },
    { level: 2, limitMs: HOUR, ownerId: "manager" },
    { level: 3, limitMs: HOUR, ownerId: "director" },
  ],
  firstResponseMs: 2 * HOUR,
  resolutionMs: 8 * HOUR,
  ...change,
});

export const opened = (openedAt: number, change: Partial<RequestQueue> = {}, calendar = office): RequestDecision =>
  openRequest(
    { id: "r1", type: "repair", priority: "", subject: "The pump leaks", description: "", customerId: "c1", callId: "" },
    queue(change),
    calendar,
    { at: openedAt, by: "employee/agent" },
  );

export const given = (openedAt: number, change: Partial<RequestQueue> = {}, calendar = office): Request =>
  opened(openedAt, change, calendar).state;

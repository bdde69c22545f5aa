import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { RequestQueueService, RequestService, WorkOrderService } from "@trunkline/proto/service-desk";
import { type Desk, openDesk } from "./desk.test-support.ts";
import { at, HOUR, MINUTE } from "./domain/given.test-support.ts";

const spans = [
  { from: "09:00", to: "12:00" },
  { from: "13:30", to: "18:00" },
];
const week = [1, 2, 3, 4, 5].map((weekday) => ({ weekday, spans }));

export const agent = { id: "agent" };
export const supervisor = { id: "director", roles: ["supervisor"] };
export const MONDAY_10 = at("2026-03-09 10:00");

/** A desk with an office calendar, people, and a queue of repairs with three levels. */
export async function seededDesk(): Promise<Desk> {
  const desk = await openDesk(MONDAY_10);
  await desk.addCalendar("office", { calendarId: "office", timeZone: "Asia/Shanghai", holidays: "cn", week });
  for (const id of ["agent", "lead", "manager", "director", "wu"]) await desk.addEmployee(id, { roles: ["agent"] });
  await desk.ask(RequestQueueService.method.putRequestQueue, { queue: repairs }, agent);
  return desk;
}

export const repairs = {
  queueId: "repairs",
  name: "Repairs",
  ownerId: "lead",
  calendarId: "office",
  ladder: [
    { level: 1, limitMs: BigInt(30 * MINUTE) },
    { level: 2, limitMs: BigInt(HOUR), ownerId: "manager" },
    { level: 3, limitMs: BigInt(HOUR), ownerId: "director" },
  ],
  firstResponseMs: BigInt(2 * HOUR),
  resolutionMs: BigInt(8 * HOUR),
};

/** An engineer in the middle of Shanghai who can do chillers. */
export function addEngineer(
  desk: Desk,
  id: string,
  change: { dailyCapacity?: number; level?: number; active?: boolean } = {},
): Promise<void> {
  const { dailyCapacity = 3, level = 3, active = true } = change;
  return desk.addEmployee(id, {
    active,
    dailyCapacity,
    roles: ["engineer"],
    calendarId: "office",
    territories: ["3101"],
    skills: [{ skill: "chiller", level }],
    base: { latitude: 31.2, longitude: 121.4 },
  });
}

export async function openRepair(desk: Desk, change: { requestId?: string; customerId?: string; callId?: string } = {}) {
  const input = { type: "repair", subject: "The pump leaks", queueId: "repairs", customerId: "c1", ...change };
  const { request } = await desk.ask(RequestService.method.openRequest, input, agent);
  if (!request) throw new Error("no request came back");
  return request;
}

const visitOf = (serviceRequestId: string, requestId = "") => ({
  requestId,
  serviceRequestId,
  requiredSkills: ["chiller"],
  regionCode: "310104",
  latitude: 31.2,
  longitude: 121.4,
  windowFrom: timestampFromMs(at("2026-03-10 09:00")),
  windowTo: timestampFromMs(at("2026-03-10 11:00")),
});

export async function dispatch(desk: Desk, serviceRequestId: string, requestId = "") {
  const { workOrder } = await desk.ask(WorkOrderService.method.dispatchWorkOrder, visitOf(serviceRequestId, requestId), agent);
  if (!workOrder) throw new Error("no work order came back");
  return workOrder;
}

import { setTimeout as delay } from "node:timers/promises";
import { inParallel } from "@trunkline/runtime";
import type { World } from "../demo/world.ts";
import { type Api, ApiError, type Json } from "../system/api.ts";
import type { DemoTenant } from "./demo-data.ts";
import { seedDays } from "./demo-days.ts";

/** The queue of the exchange that distributes by itself, and the one on which Trunkline does. */
export const [EXCHANGE_QUEUE, ROUTED_QUEUE] = ["support", "hotline"];

const RESULTS = [
  { code: "solved", name: "已解决" },
  { code: "repair", name: "转报修" },
  { code: "follow_up", name: "需跟进" },
  { code: "other", name: "其他" },
];

function queueOf(queueId: string, name: string, more: Json = {}): Json & { readonly wrapUp: Json } {
  return {
    queueId,
    name,
    strategy: "longest_idle",
    targetMs: "20000",
    offerMs: "20000",
    calendarId: "always",
    wrapUp: { mode: "optional", limitMs: "60000", dispositions: RESULTS, defaultDisposition: "other" },
    ...more,
  };
}

const QUEUES: readonly Json[] = [
  queueOf(EXCHANGE_QUEUE, "客服热线"),
  queueOf("sales", "销售热线"),
  queueOf(ROUTED_QUEUE, "总机", {
    recording: { mode: "all", keepDays: 30 },
    callback: { first: "agent", key: "1", attempts: 3, gapMs: "600000" },
  }),
];

const REQUESTS = [
  { type: "repair", subject: "柜机不制冷，开机十分钟后停", queueId: "repair", priority: "high" },
  { type: "repair", subject: "挂机漏水", queueId: "repair", priority: "normal" },
  { type: "complaint", subject: "师傅迟到两小时，要求道歉", queueId: "complaints", priority: "urgent" },
  { type: "repair", subject: "遥控器失灵", queueId: "repair", priority: "low" },
];
const CALLS = 8;
type LogInAs = (login: string) => Promise<Api>;

/**
 * What makes a floor look lived in: queues with their settings, some requests, and calls of the last days and of just now that were answered, or
 * given up.
 */
export async function seedFloor(filled: DemoTenant, world: World, extensions: readonly string[], logInAs: LogInAs): Promise<void> {
  const { tenant, admin, agents, callers } = filled;
  for (const queue of QUEUES) await admin.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
  await seedDays(filled, world, extensions, queueOf(EXCHANGE_QUEUE, "客服热线"), Date.now());
  const caller = (n: number) => callers[n % callers.length] as DemoTenant["callers"][number];
  await inParallel(REQUESTS, 4, (request, n) =>
    admin.call("service_desk.v1.RequestService/OpenRequest", {
      requestId: `seed-request-${n}`,
      customerId: caller(n + 4).customerId,
      ...request,
    }),
  );
  await inParallel([...Array(CALLS).keys()], extensions.length, async (n) => {
    const line = await world.placeCall(tenant, caller(n + 4).phone);
    const extension = extensions[n % extensions.length] as string;
    await line.ring(extension);
    await delay(200 + 50 * n);
    // Every fourth gives up.
    if (n % 4 !== 3) {
      await line.answer(extension);
      await delay(600 + 150 * n);
    }
    await line.hangUp("caller");
  });
  await finishWrapUps(admin, agents, logInAs);
}

/** So that nobody is in wrap-up whom a visitor then looks for. */
async function finishWrapUps(admin: Api, agents: DemoTenant["agents"], logInAs: LogInAs): Promise<void> {
  const names = new Map([...agents.values()].map(({ employeeId, login }) => [employeeId, login]));
  const apis = new Map<string, Promise<Api>>();
  type Seen = { calls: { callId: string; state: string; employeeId: string }[] };
  for (let round = 0; round < 50; round++) {
    const { calls } = await admin.call<Seen>("telephony.v1.CallService/ListCalls", { pageSize: 50 });
    const open = calls.filter(({ state }) => state !== "ended");
    if (open.length === 0) return;
    for (const { callId, employeeId, state } of open) {
      const login = names.get(employeeId);
      if (state !== "wrap_up" || !login) continue;
      const api = apis.get(login) ?? logInAs(login);
      apis.set(login, api);
      await (await api).call("telephony.v1.CallService/FinishWrapUp", { callId, disposition: "solved" });
    }
    await delay(100);
  }
}

/** A result that the queue allows its calls, whatever somebody has set there. */
export async function someResult(api: Api, queueId: string, otherwise: string): Promise<string> {
  try {
    const { queue } = await api.call<{ queue: { wrapUp?: { dispositions?: { code: string }[] } } }>(
      "telephony.v1.CallQueueService/GetCallQueue",
      { queueId },
    );
    return queue.wrapUp?.dispositions?.[0]?.code ?? otherwise;
  } catch (error) {
    if (error instanceof ApiError && error.code === "call_queue_not_found") return otherwise;
    throw error;
  }
}

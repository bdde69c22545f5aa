import { setTimeout as delay } from "node:timers/promises";
import type { World, WorldCall } from "../demo/world.ts";
import type { Api, Json } from "../system/api.ts";
import type { DemoTenant } from "./demo-data.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Shanghai has no summer time. */
const ZONE_MS = 8 * 3_600_000;
const DAYS = 3;
/** Morning and afternoon of each day, and what came of most of their calls. */
const HALVES = [
  { hour: 9, results: ["solved", "repair", "solved"] },
  { hour: 14, results: ["repair", "solved", "follow_up"] },
] as const;
const CALLS_A_HALF = 6;

type Past = { readonly start: number; readonly n: number };

/**
 * Calls of the last days, by the exchange's clock, which is set back for each: what is shown of yesterday came about as everything else did.
 * No time passes meanwhile.
 */
export async function seedDays(
  { tenant, admin, callers }: DemoTenant,
  world: World,
  extensions: readonly string[],
  queue: Json & { readonly wrapUp: Json },
  now: number,
): Promise<void> {
  const { setClock } = world;
  if (!setClock) return;
  const midnight = now - ((now + ZONE_MS) % DAY_MS);
  try {
    for (let back = DAYS; back >= 1; back--) {
      for (const [half, { hour, results }] of HALVES.entries()) {
        // At the limit of the wrap-up this is what is written down.
        const wrapUp = { ...queue.wrapUp, defaultDisposition: results[back % results.length] };
        await admin.call("telephony.v1.CallQueueService/PutCallQueue", { queue: { ...queue, wrapUp } });
        for (let n = 0; n < CALLS_A_HALF; n++) {
          const past = { start: midnight - back * DAY_MS + hour * 60 * MINUTE_MS + n * 37 * MINUTE_MS, n: n + half * CALLS_A_HALF };
          setClock(tenant, past.start);
          const line = await world.placeCall(tenant, phoneOf(callers, past.n + back));
          await goes(line, past, extensions, (at) => setClock(tenant, at));
        }
        setClock(tenant, undefined);
        await allOver(admin);
      }
    }
  } finally {
    setClock(tenant, undefined);
    await admin.call("telephony.v1.CallQueueService/PutCallQueue", { queue });
  }
}

const phoneOf = (callers: DemoTenant["callers"], n: number) => (callers[n % callers.length] as DemoTenant["callers"][number]).phone;

/** Most are answered within some seconds; every fifth gives up. */
async function goes(line: WorldCall, { start, n }: Past, extensions: readonly string[], clock: (at: number) => void): Promise<void> {
  const extension = extensions[n % extensions.length] as string;
  clock(start + 2_000 + (n % 3) * 4_000);
  await line.ring(extension);
  clock(start + 9_000 + (n % 4) * 6_000);
  if (n % 5 !== 4) {
    await line.answer(extension);
    clock(start + 90_000 + n * 21_000);
  }
  await line.hangUp("caller");
}

/** The wrap-ups are over by themselves: their time has long passed. */
async function allOver(admin: Api): Promise<void> {
  for (let round = 0; round < 300; round++) {
    const { calls } = await admin.call<{ calls: { state: string }[] }>("telephony.v1.CallService/ListCalls", { pageSize: 50 });
    if (calls.every(({ state }) => state === "ended")) return;
    await delay(50);
  }
}

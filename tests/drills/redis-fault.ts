import { setTimeout as delay } from "node:timers/promises";
import { EXTENSIONS, logIn, openDesktop, PASSWORD } from "@trunkline/dev-env";
import { Redis } from "ioredis";
import { type Drill, openArena } from "./harness.ts";
import type { Load } from "./load.ts";

const RING_EVERY_MS = 50;
const TALK_MS = 2_000;
/** A desktop is cut and Redis emptied once in so many calls. */
const FLUSH_EVERY = 20;
const SHOWN_MS = 10_000;

/**
 * Calls ring while Redis is emptied and desktops are cut and come back. Every ring must be on the right agent's desktop,
 * once; an emptied mailbox is known by its epoch, and a snapshot fills the gap.
 */
export const redisFlush: Drill = async (options) => {
  const calls = options.quick ? 60 : 5_000;
  await using arena = await openArena(options);
  const { system, tenant, log } = arena;
  if (options.sabotage) await arena.arm({ telephony: { FAILPOINTS: "pop.drop=on" } });
  const pbx = system.simulators.pbx.get(tenant);
  if (!pbx) throw new Error(`${tenant} has no exchange`);
  await using open = new AsyncDisposableStack();
  const redis = open.adopt(new Redis(system.engines.redisUrl), (client) => client.disconnect());
  const desktops = new Map<string, Awaited<ReturnType<typeof openDesktop>>>();
  for (const extension of EXTENSIONS) {
    const { token } = await logIn(system.gatewayUrl, tenant, `agent${extension}`, PASSWORD);
    desktops.set(extension, open.use(await openDesktop(system.desktopUrl, token)));
  }
  const popped = (extension: string) =>
    (desktops.get(extension)?.frames ?? [])
      .filter(({ type, revision }) => type === "pop" && revision === 1)
      .map(({ caller }) => caller?.number ?? "");
  const shown = () => EXTENSIONS.reduce((sum, extension) => sum + new Set(popped(extension)).size, 0);
  let [offered, flushes] = [0, 0];
  for (let n = 0; n < calls; n++) {
    const extension = EXTENSIONS[n % EXTENSIONS.length] as string;
    const from = `139${String(20_000_000 + n)}`;
    const call = pbx.placeCall({ from, queue: "support" });
    call.ring(extension);
    offered += 1;
    log({ kind: "rang", extension, number: `+86${from}` });
    if (n % FLUSH_EVERY === FLUSH_EVERY / 2) {
      await redis.flushall();
      flushes += 1;
      desktops.get(extension)?.cut();
      await desktops.get(extension)?.reconnect();
    }
    await delay(RING_EVERY_MS);
    void delay(TALK_MS).then(() => {
      call.answer(extension);
      call.hangup("caller");
      log({ kind: "call", linkedid: call.linkedid, outcome: "answered" });
    });
  }
  const load: Load = {
    offered: () => offered,
    acknowledged: shown,
    finish: async () => {
      for (let waited = 0; waited < SHOWN_MS && shown() < offered; waited += 100) await delay(100);
      await delay(TALK_MS + 500);
      for (const extension of EXTENSIONS) for (const number of popped(extension)) log({ kind: "popped", extension, number });
    },
  };
  return await arena.judge("redis-flush", options, [load], flushes);
};

import { setTimeout as delay } from "node:timers/promises";
import { EXTENSIONS, logIn, openDesktop, PASSWORD, seedDemo } from "@trunkline/dev-env";
import { Redis } from "ioredis";
import { type Drill, type DrillResult, openArena } from "./harness.ts";

/**
 * Calls ring while Redis is emptied and desktops are cut and come back. Every ring must be on the right agent's desktop,
 * once; an emptied mailbox is known by its epoch, and a snapshot fills the gap.
 */
export const redisFlush: Drill = async (options) => {
  const calls = options.quick ? 60 : 1_000;
  await using arena = await openArena(options, ["workforce", "customer", "marketing", "service-desk", "telephony", "gateway"], {
    extra: options.sabotage ? { telephony: { FAILPOINTS: "pop.drop=on" } } : {},
  });
  const { system, tenant } = arena;
  await seedDemo({ ...system, tenant, index: 7, extensions: EXTENSIONS, batchSize: 0 });
  await system.drain();
  const redis = new Redis(system.engines.redisUrl);
  const pbx = system.simulators.pbx.get(tenant);
  if (!pbx) throw new Error("no exchange");
  const desktops = new Map(
    await Promise.all(
      EXTENSIONS.map(
        async (extension) =>
          [
            extension,
            await openDesktop(system.desktopUrl, (await logIn(system.gatewayUrl, tenant, `agent${extension}`, PASSWORD)).token),
          ] as const,
      ),
    ),
  );
  const rung = new Map<string, string[]>();
  let flushes = 0;
  for (let n = 0; n < calls; n++) {
    const extension = EXTENSIONS[n % EXTENSIONS.length] as (typeof EXTENSIONS)[number];
    const from = `139${String(20_000_000 + n)}`;
    const call = pbx.placeCall({ from, queue: "support" });
    call.ring(extension);
    rung.set(extension, [...(rung.get(extension) ?? []), `+86${from}`]);
    if (n % 20 === 10) {
      await redis.flushall();
      flushes += 1;
      const desktop = desktops.get(extension);
      desktop?.cut();
      await desktop?.reconnect();
    }
    await delay(30);
    void delay(2_000).then(() => {
      call.answer(extension);
      call.hangup("caller");
    });
  }
  const result = await judge(options.seed, calls, flushes, rung, desktops);
  redis.disconnect();
  await delay(2_500);
  for (const desktop of desktops.values()) await desktop[Symbol.asyncDispose]();
  return result;
};

type Desktops = ReadonlyMap<string, Awaited<ReturnType<typeof openDesktop>>>;

async function judge(
  seed: number,
  calls: number,
  kills: number,
  rung: ReadonlyMap<string, readonly string[]>,
  desktops: Desktops,
): Promise<DrillResult> {
  const numbersAt = (extension: string) =>
    (desktops.get(extension)?.frames ?? [])
      .filter(({ type, revision }) => type === "pop" && revision === 1)
      .map(({ caller }) => caller?.number ?? "");
  const missing = () =>
    [...rung].reduce((sum, [extension, numbers]) => sum + numbers.filter((number) => !numbersAt(extension).includes(number)).length, 0);
  for (let waited = 0; waited < 10_000 && missing() > 0; waited += 100) await delay(100);
  const lost = missing();
  const doubled = [...rung].reduce(
    (sum, [extension, numbers]) =>
      sum +
      numbersAt(extension).length -
      new Set(numbersAt(extension)).size +
      numbersAt(extension).filter((number) => !numbers.includes(number)).length,
    0,
  );
  return {
    name: "redis-flush",
    seed,
    offered: calls,
    acknowledged: calls - lost,
    kills,
    lost,
    doubled,
    stuck: 0,
    met: lost + doubled === 0,
  };
}

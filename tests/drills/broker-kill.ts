import { setTimeout as delay } from "node:timers/promises";
import { type Drill, openArena } from "./harness.ts";

/** The broker dies in the middle and comes back; work goes on meanwhile, and everything is published in the end. */
export const brokerKill: Drill = async (options) => {
  const [operations, rounds, awayMs] = options.quick ? [300, 1, 4_000] : [5_000, 5, 10_000];
  await using arena = await openArena(options, ["workforce", "customer", "service-desk", "analytics", "gateway"], {
    extra: options.sabotage ? { "service-desk": { FAILPOINTS: "relay.drop=on,sweeper.off=on" } } : {},
  });
  const load = arena.load(operations);
  for (let round = 1; round <= rounds; round++) {
    await until(() => load.acknowledged() > (operations / (rounds + 1)) * round);
    await arena.system.engines.kill("kafka");
    const before = load.acknowledged();
    await delay(awayMs);
    options.print(`while the broker was away ${load.acknowledged() - before} operations were acknowledged`);
    await arena.system.engines.restart("kafka");
  }
  return await arena.judge("broker-kill", options, load, rounds);
};

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await delay(20);
}

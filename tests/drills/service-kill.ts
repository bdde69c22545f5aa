import { setTimeout as delay } from "node:timers/promises";
import { SERVICES, type ServiceName } from "@trunkline/dev-env";
import { type Drill, LOSES_EVENTS, openArena } from "./harness.ts";
import { startLoads } from "./loads.ts";

const BETWEEN_MS = 500;

/** kill -9 of each service in turn while requests are opened, calls come in and messages go out. */
export const serviceKill: Drill = async (options) => {
  const [operations, killsEach, paceMs] = options.quick ? [400, 1, 200] : [5_000, 50, 2_000];
  await using arena = await openArena(options);
  if (options.sabotage) await arena.arm(LOSES_EVENTS);
  const loads = startLoads(arena, operations, paceMs);
  const total = SERVICES.length * killsEach;
  for (let kill = 0; kill < total; kill++) {
    const name = SERVICES[kill % SERVICES.length] as ServiceName;
    await delay(BETWEEN_MS);
    await arena.system.process(name).kill();
    await arena.system.process(name).start();
    if (kill % 10 === 9) options.print(`${kill + 1} of ${total} kills`);
  }
  return await arena.judge("service-kill", options, loads, total);
};

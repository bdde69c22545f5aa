import { setTimeout as delay } from "node:timers/promises";
import type { ServiceName } from "@trunkline/dev-env";
import { until } from "./broker-kill.ts";
import { type Drill, openArena } from "./harness.ts";

/** kill -9 of each service in turn, under load. */
export const serviceKill: Drill = async (options) => {
  const services: ServiceName[] = ["service-desk", "analytics", "customer", "workforce"];
  const [operations, killsEach] = options.quick ? [400, 1] : [5_000, 50];
  await using arena = await openArena(options, ["workforce", "customer", "service-desk", "analytics", "gateway"], {
    extra: options.sabotage ? { "service-desk": { FAILPOINTS: "relay.drop=on,sweeper.off=on" } } : {},
  });
  const load = arena.load(operations);
  const total = services.length * killsEach;
  for (let kill = 0; kill < total; kill++) {
    await until(() => load.acknowledged() >= (operations * (kill + 1)) / (total + 1));
    const name = services[kill % services.length] as ServiceName;
    await arena.system.process(name).kill();
    await delay(50);
    await arena.system.process(name).start();
  }
  return await arena.judge("service-kill", options, load, total);
};

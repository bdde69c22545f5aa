import { keepAlive, type ServiceName } from "@trunkline/dev-env";
import { type Drill, openArena } from "./harness.ts";
import { startLoads } from "./loads.ts";

/** Passes through its places of death for one death, to service-desk's one: the busy die as often as the others. */
const RARITY: Readonly<Partial<Record<ServiceName, number>>> = {
  "service-desk": 1,
  customer: 0.25,
  telephony: 0.5,
  marketing: 3,
  analytics: 5,
};
/** A group waits six seconds for a member that was killed, so that one which died at every few events would never get on. */
const CONSUMER_RARITY = 10;

/** All events of all services pass through the places of one process. */
const IN_ONE_RARITY = 8;

/**
 * Services die between commit and publish, between publish and clearing the outbox, and in a handler whose effect is
 * stored and whose offset is not, again and again.
 */
export const publishCrash: Drill = async (options) => {
  const [operations, oneIn, paceMs] = options.quick ? [240, 60, 0] : [5_000, 90, 500];
  const services = Object.keys(RARITY) as ServiceName[];
  const sabotage = options.sabotage ? ",sweeper.off=on,dedupe.off=on" : "";
  await using arena = await openArena(options);
  const crashesOf = (name: ServiceName) => {
    // In one process each place is everybody's.
    const n = Math.ceil(oneIn * (options.family === "embedded" ? IN_ONE_RARITY : (RARITY[name] ?? 1)));
    return `store.committed=crash@${n},relay.after_send=crash@${n},consumer.handled=crash@${n * CONSUMER_RARITY}`;
  };
  const armed = (failpoints: (name: ServiceName) => string) =>
    arena.arm(Object.fromEntries(services.map((name) => [name, { FAILPOINTS: failpoints(name) }])));
  await armed((name) => crashesOf(name) + sabotage);
  const keeper = keepAlive(options.family === "embedded" ? arena.system.processes : services.map(arena.system.process), options.print);
  const loads = startLoads(arena, operations, paceMs);
  const [desk] = loads;
  await desk.finish();
  keeper.stop();
  // The last death of each: from here on all must come to rest.
  for (const name of services) await arena.system.process(name).kill();
  await armed(() => sabotage.slice(1));
  return await arena.judge("publish-crash", options, loads, keeper.deaths() + services.length);
};

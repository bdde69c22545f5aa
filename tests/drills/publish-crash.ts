import { type Drill, keepAlive, openArena } from "./harness.ts";

/** service-desk dies between commit and publish, and between publish and clearing the outbox, again and again. */
export const publishCrash: Drill = async (options) => {
  const [operations, oneIn] = options.quick ? [240, 40] : [5_000, 60];
  const crash = `store.committed=crash@${oneIn},relay.after_send=crash@${oneIn}`;
  await using arena = await openArena(options, ["workforce", "customer", "service-desk", "analytics", "gateway"], {
    extra: {
      "service-desk": { FAILPOINTS: options.sabotage ? `${crash},sweeper.off=on` : crash },
      ...(options.sabotage ? { analytics: { FAILPOINTS: "dedupe.off=on" } } : {}),
    },
  });
  const keeper = keepAlive(arena.system, "service-desk", options.print);
  const load = arena.load(operations);
  await load.done;
  // The crashes are armed until the end: what is still to be published may bring the last ones.
  const result = await arena.judge("publish-crash", options, load, 0);
  await keeper.stop();
  return { ...result, kills: keeper.deaths() };
};

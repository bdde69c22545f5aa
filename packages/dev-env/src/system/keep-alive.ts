import { setTimeout as delay } from "node:timers/promises";
import type { ServiceName } from "./service-names.ts";
import type { System } from "./system.ts";

/** A service that cannot be started is tried again, not without a pause. */
const PAUSE_MS = 1_000;

/** Starts services again whenever one has died, until stopped; counts their deaths. */
export function keepAlive(
  system: Pick<System, "process">,
  names: readonly ServiceName[],
  print: (line: string) => void,
): { readonly deaths: () => number; stop(): void } {
  let deaths = 0;
  let stopped = false;
  const watch = async (name: ServiceName) => {
    for (let own = 1; ; own++) {
      await system.process(name).died();
      if (stopped) return;
      deaths += 1;
      const started = performance.now();
      try {
        await system.process(name).start();
        print(`${name} died ${own} times; back after ${Math.round(performance.now() - started)} ms`);
      } catch (error) {
        print(`${name} died and could not be started: ${error instanceof Error ? error.message : String(error)}; it is tried again`);
        await delay(PAUSE_MS);
      }
    }
  };
  for (const name of names) void watch(name);
  return {
    deaths: () => deaths,
    stop: () => {
      stopped = true;
    },
  };
}

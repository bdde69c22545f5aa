import { setTimeout as delay } from "node:timers/promises";
import type { ServiceProcess } from "./service-process.ts";

/** A service that cannot be started is tried again, not without a pause. */
const PAUSE_MS = 1_000;

/** Starts processes again whenever one has died, until stopped; counts their deaths. */
export function keepAlive(
  processes: readonly Pick<ServiceProcess, "name" | "died" | "start">[],
  print: (line: string) => void,
): { readonly deaths: () => number; stop(): void } {
  let deaths = 0;
  let stopped = false;
  const watch = async ({ name, died, start }: (typeof processes)[number]) => {
    for (let own = 1; ; own++) {
      await died();
      if (stopped) return;
      deaths += 1;
      const started = performance.now();
      try {
        await start();
        print(`${name} died ${own} times; back after ${Math.round(performance.now() - started)} ms`);
      } catch (error) {
        print(`${name} died and could not be started: ${error instanceof Error ? error.message : String(error)}; it is tried again`);
        await delay(PAUSE_MS);
      }
    }
  };
  for (const one of processes) void watch(one);
  return {
    deaths: () => deaths,
    stop: () => {
      stopped = true;
    },
  };
}

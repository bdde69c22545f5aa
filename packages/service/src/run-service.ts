import { createLogger, run } from "@trunkline/runtime";
import type { RunningService } from "./platform.ts";

/**
 * The body of every main.ts: read the environment, start, and say on standard output where it serves, one JSON line,
 * for the process that started it.
 */
export function runService<C extends { readonly logLevel: string }>(
  name: string,
  env: NodeJS.ProcessEnv,
  load: (env: NodeJS.ProcessEnv) => C,
  start: (config: C) => Promise<RunningService>,
): Promise<void> {
  const underParent = env["TRUNKLINE_PARENT"] === "stdin";
  return run(
    createLogger(name),
    async () => {
      const service = await start(load(env));
      process.stdout.write(`${JSON.stringify({ service: name, rpc: service.rpcAddress, health: service.healthPort })}\n`);
      return service;
    },
    underParent,
  );
}

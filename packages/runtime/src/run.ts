import type { Logger } from "./logger.ts";

const STOP_DEADLINE_MS = 20_000;

/**
 * Runs a service until SIGTERM or SIGINT, then disposes it within 20 s. Exit code 0 after a clean stop, 1 when the start
 * failed, 2 when the stop took too long. A parent that holds our standard input (dev-env) ends us by closing it.
 */
export async function run(log: Logger, start: () => Promise<AsyncDisposable>, untilInputEnds = false): Promise<void> {
  let service: AsyncDisposable;
  try {
    service = await start();
  } catch (error) {
    log.error({ err: error }, `could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), 200).unref();
    return;
  }
  const why = await new Promise<string>((resolve) => {
    process.once("SIGTERM", () => resolve("SIGTERM"));
    process.once("SIGINT", () => resolve("SIGINT"));
    if (untilInputEnds) process.stdin.once("end", () => resolve("parent ended")).resume();
  });
  log.info({ why }, "stopping");
  const overdue = setTimeout(() => process.exit(2), STOP_DEADLINE_MS);
  await service[Symbol.asyncDispose]();
  clearTimeout(overdue);
  process.exit(0);
}

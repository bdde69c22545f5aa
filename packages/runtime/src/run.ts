import type { Logger } from "./logger.ts";

const STOP_DEADLINE_MS = 20_000;
/** The log is written behind our back. Whether its reader is gone must be known before the end: there the last lines would be tried for ever. */
const LAST_LINES_MS = 200;

/**
 * Runs a service until SIGTERM or SIGINT, also one that comes while it starts, then disposes it within 20 s; a second
 * signal ends it at once. Exit code 0 after a clean stop, 1 when start or stop failed, 2 when the stop took too long. A
 * parent that holds our standard input (dev-env) ends us by closing it.
 */
export async function run(log: Logger, start: () => Promise<AsyncDisposable>, untilInputEnds = false): Promise<void> {
  const asked = stopAsked(untilInputEnds);
  let service: AsyncDisposable;
  try {
    service = await start();
  } catch (error) {
    log.error({ err: error }, `could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
    setTimeout(() => process.exit(1), LAST_LINES_MS).unref();
    return;
  }
  log.info({ why: await asked }, "stopping");
  setTimeout(() => process.exit(2), STOP_DEADLINE_MS);
  let code = 0;
  try {
    await service[Symbol.asyncDispose]();
  } catch (error) {
    log.error({ err: error }, "could not stop cleanly");
    code = 1;
  }
  setTimeout(() => process.exit(code), LAST_LINES_MS);
}

function stopAsked(untilInputEnds: boolean): Promise<string> {
  return new Promise((resolve) => {
    const stop = (why: string) => {
      // From now on a signal has its usual effect.
      for (const name of ["SIGTERM", "SIGINT"]) process.off(name, stop);
      resolve(why);
    };
    for (const name of ["SIGTERM", "SIGINT"]) process.on(name, stop);
    if (untilInputEnds) process.stdin.once("end", () => stop("parent ended")).resume();
  });
}

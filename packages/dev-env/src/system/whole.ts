// All services as one process on embedded engines. WHOLE says how: see WholeSettings.
import { createLogger, run } from "@trunkline/runtime";
import type { Synchronous } from "@trunkline/sqlite";
import { openEmbedded } from "./embedded.ts";
import { START_HERE } from "./in-process.ts";
import { SERVICES, type ServiceName } from "./service-names.ts";

export type WholeSettings = {
  readonly folder: string;
  readonly prefix: string;
  readonly synchronous: Synchronous;
  /** Where people find it: told to whoever starts another one on the same folder. */
  readonly address: string;
  /** Settings of each service that is to run. */
  readonly services: Partial<Record<ServiceName, Readonly<Record<string, string>>>>;
};

const settings = JSON.parse(process.env["WHOLE"] ?? "{}") as WholeSettings;
const log = createLogger("trunkline", "info");

async function start(): Promise<AsyncDisposable> {
  await using opening = new AsyncDisposableStack();
  const { transport, tell } = opening.use(openEmbedded(settings));
  for (const name of SERVICES) {
    const env = settings.services[name];
    if (env) opening.use(await START_HERE[name](env, { transport }));
  }
  // It starts us again when we end: the one to stop is the one above.
  tell(settings.address, process.ppid);
  const stack = opening.move();
  process.stdout.write(`${JSON.stringify({ services: Object.keys(settings.services) })}\n`);
  return stack;
}

await run(log, start, true);

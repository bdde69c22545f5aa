import { backOff } from "@trunkline/runtime";
import type { Exchange } from "../connectors/facts.ts";
import type { Context } from "../context.ts";
import { distribute } from "./distribute.ts";

/** While calls wait, rounds follow each other like this even if nobody says that something has changed. */
const EVERY_MS = 250;
const IDLE_MS = 1_000;

export type Distributor = { nudge(): void } & AsyncDisposable;

/** Rounds of distribution for one connection, one at a time, at once after a nudge. Runs where the connection lives. */
export function openDistributor(context: Context, exchange: Exchange, line: Parameters<typeof distribute>[2]): Distributor {
  const stop = new AbortController();
  let wake = new AbortController();
  let nudged = false;
  const loop = async () => {
    while (!stop.signal.aborted) {
      nudged = false;
      const waiting = await distribute(context, exchange, line).catch((error: unknown) => {
        context.log.warn({ err: error, connector: exchange.id }, "a round of distribution failed; it is tried again");
        return 1;
      });
      if (nudged) continue;
      wake = new AbortController();
      const rest = waiting > 0 ? EVERY_MS : IDLE_MS;
      await backOff(1, rest, rest, AbortSignal.any([wake.signal, stop.signal]));
    }
  };
  const running = loop();
  return {
    nudge() {
      nudged = true;
      wake.abort();
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

/** Something has changed for this tenant's waiting callers. */
export function nudge({ lines }: Pick<Context, "lines">, tenant: string): void {
  for (const line of lines.values()) if (line.tenant === tenant) line.nudge();
}

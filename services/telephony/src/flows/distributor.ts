import { type Repeated, repeat } from "@trunkline/runtime";
import type { Exchange } from "../connectors/facts.ts";
import type { Context } from "../context.ts";
import { distribute } from "./distribute.ts";

/** While calls wait, rounds follow each other like this even if nobody says that something has changed. */
const EVERY_MS = 250;
const IDLE_MS = 1_000;

/** Rounds of distribution for one connection, one at a time, at once after a nudge. Runs where the connection lives. */
export function openDistributor(context: Context, exchange: Exchange, line: Parameters<typeof distribute>[2]): Repeated {
  let waiting = 0;
  const work = async () => {
    // Until a round says otherwise somebody may be waiting.
    waiting = 1;
    waiting = await distribute(context, exchange, line);
  };
  return repeat({ what: `distribution on ${exchange.id}`, everyMs: () => (waiting > 0 ? EVERY_MS : IDLE_MS), work, log: context.log });
}

/** Something has changed for this tenant's waiting callers. */
export function nudge({ lines }: Pick<Context, "lines">, tenant: string): void {
  for (const line of lines.values()) if (line.tenant === tenant) line.nudge();
}

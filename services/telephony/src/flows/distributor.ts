import { repeat } from "@trunkline/runtime";
import type { Exchange } from "../connectors/facts.ts";
import type { Context } from "../context.ts";
import { distribute } from "./distribute.ts";

/** While calls wait, rounds follow each other like this even if nobody says that something has changed. */
const EVERY_MS = 250;
const IDLE_MS = 1_000;

export type Distributor = {
  /** A call of this connection waits, or waits otherwise than before. */
  callChanged(): void;
  /** Somebody could take a call: looked at only if one waits. */
  agentReady(): void;
} & AsyncDisposable;

/** Rounds of distribution for one connection, one at a time, at once when something has changed. Runs where the connection lives. */
export function openDistributor(context: Context, exchange: Exchange, line: Parameters<typeof distribute>[2]): Distributor {
  let waiting = 0;
  const work = async () => {
    // Until a round says otherwise somebody may be waiting.
    waiting = 1;
    waiting = await distribute(context, exchange, line);
  };
  const rounds = repeat({
    what: `distribution on ${exchange.id}`,
    everyMs: () => (waiting > 0 ? EVERY_MS : IDLE_MS),
    work,
    log: context.log,
  });
  return {
    callChanged: rounds.nudge,
    agentReady: () => {
      if (waiting > 0) rounds.nudge();
    },
    [Symbol.asyncDispose]: rounds[Symbol.asyncDispose],
  };
}

import { repeat } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import type { Exchange } from "../domain/line.ts";
import type { Arrivals } from "../intake/arrivals.ts";
import { openDistribution } from "./distribute.ts";

/** While calls wait, rounds follow each other like this even if nothing is known to have changed. */
const EVERY_MS = 250;
const IDLE_MS = 1_000;

/** Rounds of distribution for one connection, one at a time, at once when something has changed. Runs where the connection lives. */
export function openDistributor(
  context: Context,
  exchange: Exchange,
  line: Parameters<typeof openDistribution>[2],
  arrivals?: Pick<Arrivals, "before">,
): AsyncDisposable {
  let waiting = 0;
  const distribution = openDistribution(context, exchange, line, { changed: () => rounds.nudge(), ...(arrivals ? { arrivals } : {}) });
  const work = async () => {
    // Until a round says otherwise somebody may be waiting.
    waiting = 1;
    waiting = await distribution.round();
  };
  const rounds = repeat({
    what: `distribution on ${exchange.id}`,
    everyMs: () => (waiting > 0 ? EVERY_MS : IDLE_MS),
    work,
    log: context.log,
  });
  const agents = context.ready.follow((tenant) => {
    if (waiting > 0 && tenant === exchange.tenant) rounds.nudge();
  });
  return {
    [Symbol.asyncDispose]: async () => {
      agents[Symbol.dispose]();
      await rounds[Symbol.asyncDispose]();
      await distribution[Symbol.asyncDispose]();
    },
  };
}

import { backOff } from "./deadline.ts";
import type { Logger } from "./logger.ts";

export type Repeated = {
  /** Starts the next round now instead of at its time; one that is under way is followed by another at once. */
  nudge(): void;
} & AsyncDisposable;

export type RepeatOptions = {
  /** For the log: "numbering requests". */
  readonly what: string;
  /** Between two rounds, up to half less by chance; a function is asked after each round. */
  readonly everyMs: number | (() => number);
  /** A failure is logged, and the next round comes at its time. */
  readonly work: () => Promise<unknown>;
  readonly log: Pick<Logger, "warn">;
  /** The first round comes at its time too, instead of at once. */
  readonly restFirst?: boolean;
};

/** Runs work again and again with a pause between, never twice at once; disposal waits for the round under way. */
export function repeat({ what, everyMs, work, log, restFirst = false }: RepeatOptions): Repeated {
  const stop = new AbortController();
  let wake = new AbortController();
  let nudged = false;
  const rest = async () => {
    wake = new AbortController();
    if (nudged) return;
    const ms = typeof everyMs === "number" ? everyMs : everyMs();
    await backOff(1, ms, ms, AbortSignal.any([wake.signal, stop.signal]));
  };
  const loop = async () => {
    if (restFirst) await rest();
    while (!stop.signal.aborted) {
      nudged = false;
      await work().catch((error: unknown) => log.warn({ err: error }, `${what} failed; it is tried again`));
      await rest();
    }
  };
  const running = loop();
  return {
    nudge: () => {
      if (nudged) return;
      nudged = true;
      // With a reason of its own no error is made: it happens thousands of times a second.
      wake.abort("nudged");
    },
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

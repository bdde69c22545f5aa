import { backOff, type Logger } from "@trunkline/runtime";

export type Repeated = {
  /** Starts the next round now instead of at its time. */
  nudge(): void;
} & AsyncDisposable;

/** Runs work again and again with a pause between, never twice at once; disposal waits for the round under way. */
export function repeat(what: string, everyMs: number, work: () => Promise<unknown>, log: Logger): Repeated {
  let stopped = false;
  let nudged = false;
  let pause = new AbortController();
  const loop = async () => {
    while (!stopped) {
      nudged = false;
      await work().catch((error: unknown) => log.warn({ err: error }, `${what} failed; it is tried again`));
      pause = new AbortController();
      if (!stopped && !nudged) await backOff(1, everyMs, everyMs, pause.signal);
    }
  };
  const running = loop();
  return {
    nudge: () => {
      nudged = true;
      pause.abort();
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true;
      pause.abort();
      await running;
    },
  };
}

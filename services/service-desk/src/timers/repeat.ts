import { backOff, type Logger } from "@trunkline/runtime";

export type Repeated = {
  /** Starts the next round now instead of at its time. */
  nudge(): void;
} & AsyncDisposable;

/** Runs work again and again with a pause between, never twice at once; disposal waits for the round under way. */
export function repeat(what: string, everyMs: number, work: () => Promise<unknown>, log: Logger): Repeated {
  const stop = new AbortController();
  let pause = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      pause = new AbortController();
      await work().catch((error: unknown) => log.warn({ err: error }, `${what} failed; it is tried again`));
      await backOff(1, everyMs, everyMs, AbortSignal.any([pause.signal, stop.signal]));
    }
  };
  const running = loop();
  return {
    nudge: () => pause.abort(),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

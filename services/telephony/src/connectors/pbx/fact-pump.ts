import type { PbxFact } from "../../facts/facts.ts";

/** Takes facts in order, never two calls at a time; a promise holds back the next call. */
export type FactHandler = (facts: readonly PbxFact[]) => void | Promise<void>;

export type FactPump = {
  push(facts: readonly PbxFact[]): void;
  /** Resolves when everything pushed so far was handled. */
  drained(): Promise<void>;
};

/**
 * Hands facts to a handler that may be slow. Above `high` waiting facts the source is asked to pause, at a quarter of it to go on; so the
 * queue is bounded by `high` and one chunk's facts.
 */
export function factPump(options: {
  readonly handle: FactHandler;
  readonly high: number;
  readonly pause: () => void;
  readonly resume: () => void;
  /** The handler gave up on these facts. */
  readonly failed: (error: unknown, facts: number) => void;
}): FactPump {
  let waiting: PbxFact[] = [];
  let running: Promise<void> | undefined;
  let paused = false;

  function regulate(): void {
    if (!paused && waiting.length > options.high) {
      paused = true;
      options.pause();
    } else if (paused && waiting.length <= options.high / 4) {
      paused = false;
      options.resume();
    }
  }

  /** Calls the handler; a promise only where the handler returned one, so that a synchronous one costs no turn of the event loop. */
  function handOver(facts: readonly PbxFact[]): Promise<void> | undefined {
    try {
      const handled = options.handle(facts);
      return handled?.catch((error: unknown) => options.failed(error, facts.length));
    } catch (error) {
      options.failed(error, facts.length);
      return undefined;
    }
  }

  async function run(first: Promise<void>): Promise<void> {
    await first;
    while (waiting.length > 0) {
      const facts = waiting.splice(0, 256);
      regulate();
      await handOver(facts);
    }
    running = undefined;
  }

  return {
    push(facts) {
      if (facts.length === 0) return;
      if (running === undefined) {
        const handled = handOver(facts);
        if (handled !== undefined) running = run(handled);
        return;
      }
      waiting = waiting.length === 0 ? [...facts] : waiting.concat(facts);
      regulate();
    },
    drained: async () => {
      while (running !== undefined) await running;
    },
  };
}

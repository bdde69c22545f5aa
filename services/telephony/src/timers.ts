import { backOff, serviceScope } from "@trunkline/runtime";
import type { Context } from "./context.ts";
import { expireWrapUp } from "./domain/call.ts";

const EVERY_MS = 1_000;
const BATCH = 200;

/** Ends after-call work at its limit. Several instances may do so: the update decides again and finds nothing left. */
export function expireWrapUps({ calls, now, log }: Context): AsyncDisposable {
  const stop = new AbortController();
  const loop = async () => {
    while (!stop.signal.aborted) {
      await backOff(1, EVERY_MS, EVERY_MS, stop.signal);
      try {
        for (const { tenant, state } of await calls.due({ nextDueAt: { $lte: now() } }, "nextDueAt", BATCH)) {
          await calls.update(serviceScope("telephony", tenant, state.id), state.id, (call) => expireWrapUp(call, now()));
        }
      } catch (error) {
        log.warn({ err: error }, "wrap-up expiry failed; it is tried again");
      }
    }
  };
  const running = loop();
  return {
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

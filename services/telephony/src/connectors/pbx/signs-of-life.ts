import type { DomainError } from "@trunkline/errors";
import { unavailable } from "./errors.ts";

type Parts = {
  readonly everyMs: number;
  readonly ask: () => void;
  /** False while we do not read: the sign of life waits behind what is not read. */
  readonly listening: () => boolean;
  readonly lost: (reason: DomainError) => void;
};

/**
 * Asks the other end for a sign of life again and again. It is lost when it was asked twice while we listened and nothing came: once may be
 * our own doing, on a machine that is so busy that the question is late, or with an answer behind much that is not read yet.
 */
export function signsOfLife({ everyMs, ask, listening, lost }: Parts): { heard(): void } & Disposable {
  let asked = 0;
  const timer = setInterval(() => {
    if (!listening()) asked = 0;
    if (asked === 2) {
      clearInterval(timer);
      return lost(unavailable(`the PBX gave no sign of life in ${2 * everyMs} ms`));
    }
    asked += 1;
    ask();
  }, everyMs);
  timer.unref();
  return {
    heard: () => {
      asked = 0;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

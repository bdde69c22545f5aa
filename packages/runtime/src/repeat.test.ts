import { describe, expect, it } from "@jest/globals";
import { type RepeatOptions, repeat } from "./repeat.ts";

const HOUR = 3_600_000;

/** Rounds that wait until they are let through, and what was logged. */
function rounds(options: Partial<RepeatOptions> = {}) {
  const begun: PromiseWithResolvers<void>[] = [];
  const logged: string[] = [];
  const watchers = new Set<() => void>();
  const repeated = repeat({
    what: "counting",
    everyMs: HOUR,
    work: () => {
      const round = Promise.withResolvers<void>();
      begun.push(round);
      for (const look of watchers) look();
      return round.promise;
    },
    log: { warn: (_fields, message) => void logged.push(message) },
    ...options,
  });
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => begun.length >= count && resolve();
      watchers.add(look);
      look();
    });
  return { ...repeated, begun, logged, reached, dispose: () => repeated[Symbol.asyncDispose]() };
}

describe("work that is repeated", () => {
  it("begins at once, and again at its time or after a nudge, also one that comes while a round is under way", async () => {
    const work = rounds();
    await work.reached(1);
    work.nudge();
    work.begun[0]?.resolve();
    await work.reached(2);
    work.begun[1]?.resolve();
    await Promise.resolve();
    work.nudge();
    await work.reached(3);
    work.begun[2]?.resolve();
    await work.dispose();
    expect(work.begun).toHaveLength(3);
  });

  it("goes on after a failure, which is logged, and asks for its pause after each round", async () => {
    const asked: number[] = [];
    const work = rounds({ everyMs: () => asked.push(0) });
    await work.reached(1);
    work.begun[0]?.reject(new Error("no database"));
    await work.reached(2);
    expect(work.logged).toEqual(["counting failed; it is tried again"]);
    expect(asked).toHaveLength(1);
    work.begun[1]?.resolve();
    await work.dispose();
  });

  it("can rest first, and is not begun any more once it is ended", async () => {
    const work = rounds({ restFirst: true });
    await work.dispose();
    expect(work.begun).toHaveLength(0);
  });

  it("is ended when the round under way is through", async () => {
    const work = rounds();
    await work.reached(1);
    const over: string[] = [];
    const ended = work.dispose().then(() => over.push("ended"));
    await Promise.resolve();
    over.push("through");
    work.begun[0]?.resolve();
    await ended;
    expect(over).toEqual(["through", "ended"]);
  });
});

import { describe, expect, it, jest } from "@jest/globals";
import { serviceScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import type { Call, Decided } from "../domain/call-state.ts";
import { callChains, type Step } from "./call-chains.ts";

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** A store whose writes last until they are let go, one after the other. */
function slowStore() {
  const begun: string[] = [];
  const running: PromiseWithResolvers<void>[] = [];
  const update = async (_scope: object, callId: string, decide: (call: Call) => Decided) => {
    begun.push(callId);
    decide({ id: callId, epoch: 1 } as Call);
    const write = Promise.withResolvers<void>();
    running.push(write);
    await write.promise;
  };
  const goOn = async () => {
    running.shift()?.resolve();
    // A write's end is passed on over a few turns.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  };
  return { calls: { update } as unknown as Context["calls"], begun, goOn };
}

describe("more calls than the store takes at once", () => {
  it("are written the longest waiting first, each with all its steps in one write", async () => {
    const { calls, begun, goOn } = slowStore();
    const chains = callChains(
      { calls, log: silent },
      (id) => serviceScope("telephony", "t", id),
      1,
      () => undefined,
    );
    const decided: string[] = [];
    const step = (what: string): Step => ({
      decide: (call) => {
        decided.push(`${call.id} ${what}`);
        return { state: call, events: [] };
      },
    });
    const ids = Array.from({ length: 18 }, (_, n) => `c${n}`);
    for (const what of ["queued", "answered"]) for (const id of ids) chains.add(id, step(what));
    await goOn();
    expect(begun).toEqual(ids.slice(0, 16));
    expect(chains.waiting()).toBe(36);
    // The first call's second step came before its write began.
    for (let n = 0; n < ids.length; n++) await goOn();
    await chains.idle();
    expect(begun).toEqual(ids);
    expect(decided.slice(-4)).toEqual(["c16 queued", "c16 answered", "c17 queued", "c17 answered"]);
    expect(chains.waiting()).toBe(0);
  });
});

describe("a call that the store does not take", () => {
  it("is given up after a while, and said to be lost", async () => {
    jest.useFakeTimers();
    try {
      const lost: string[] = [];
      const update = async () => Promise.reject(new Error("the database is away"));
      const calls = { update } as unknown as Context["calls"];
      const chains = callChains(
        { calls, log: silent },
        (id) => serviceScope("telephony", "t", id),
        1,
        (id) => lost.push(id),
      );
      chains.add("c1", { decide: (call) => ({ state: call, events: [] }) });
      const idle = chains.idle();
      await jest.advanceTimersByTimeAsync(10_000);
      expect([lost, chains.waiting()]).toEqual([[], 1]);
      await jest.advanceTimersByTimeAsync(60_000);
      await idle;
      expect([lost, chains.waiting()]).toEqual([["c1"], 0]);
    } finally {
      jest.useRealTimers();
    }
  });
});

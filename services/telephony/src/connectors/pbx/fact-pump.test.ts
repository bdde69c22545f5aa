import { describe, expect, it } from "@jest/globals";
import type { PbxFact } from "../../facts/facts.ts";
import { factPump } from "./fact-pump.ts";

function facts(from: number, count: number): PbxFact[] {
  return Array.from({ length: count }, (_, i) => ({
    kind: "member_removed",
    seq: from + i,
    at: 0,
    queue: "q",
    extension: "1001",
    interface: "x",
  }));
}

/** A pump whose handler finishes when the test says so. */
function slowPump(high: number) {
  const open: PromiseWithResolvers<void>[] = [];
  const calls: number[][] = [];
  const log: string[] = [];
  const pump = factPump({
    handle: (batch) => {
      calls.push(batch.map(({ seq }) => seq));
      const gate = Promise.withResolvers<void>();
      open.push(gate);
      return gate.promise;
    },
    high,
    pause: () => log.push("pause"),
    resume: () => log.push("resume"),
    failed: (error, count) => log.push(`failed ${count} ${(error as Error).message}`),
  });
  const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
  const finish = async (error?: Error) => {
    const gate = open.shift();
    if (error) gate?.reject(error);
    else gate?.resolve();
    await turn();
  };
  return { pump, calls, log, finish };
}

describe("handing facts over", () => {
  it("calls a synchronous handler at once, in order", () => {
    const seen: number[] = [];
    const pump = factPump({
      handle: (batch) => void seen.push(...batch.map(({ seq }) => seq)),
      high: 10,
      pause: () => undefined,
      resume: () => undefined,
      failed: () => undefined,
    });
    pump.push(facts(1, 2));
    pump.push([]);
    pump.push(facts(3, 1));
    expect(seen).toEqual([1, 2, 3]);
  });

  it("never calls a slow handler twice at a time, and loses and reorders nothing", async () => {
    const { pump, calls, finish } = slowPump(100);
    pump.push(facts(1, 1));
    pump.push(facts(2, 2));
    pump.push(facts(4, 1));
    expect(calls).toEqual([[1]]);
    await finish();
    expect(calls).toEqual([[1], [2, 3, 4]]);
    await finish();
    await pump.drained();
    expect(calls.flat()).toEqual([1, 2, 3, 4]);
  });

  it("holds the source back above its bound and lets it go on once most is done", async () => {
    const { pump, calls, log, finish } = slowPump(1000);
    pump.push(facts(1, 1));
    pump.push(facts(2, 900));
    expect(log).toEqual([]);
    pump.push(facts(902, 200));
    expect(log).toEqual(["pause"]);
    while (calls.flat().length < 1101) await finish();
    expect(log).toEqual(["pause", "resume"]);
    expect(calls.flat()).toEqual(Array.from({ length: 1101 }, (_, i) => i + 1));
    await finish();
    await pump.drained();
  });

  it("says which facts a handler gave up, and goes on with the next", async () => {
    const { pump, calls, log, finish } = slowPump(100);
    pump.push(facts(1, 3));
    pump.push(facts(4, 1));
    await finish(new Error("no store"));
    expect(log).toEqual(["failed 3 no store"]);
    expect(calls).toEqual([[1, 2, 3], [4]]);
    await finish();
    await pump.drained();
  });

  it("survives a handler that throws instead of rejecting", () => {
    const log: string[] = [];
    const handle = () => {
      throw new Error("at once");
    };
    const pump = factPump({
      handle,
      high: 10,
      pause: () => undefined,
      resume: () => undefined,
      failed: (error) => log.push((error as Error).message),
    });
    pump.push(facts(1, 1));
    pump.push(facts(2, 1));
    expect(log).toEqual(["at once", "at once"]);
  });
});

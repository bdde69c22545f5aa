import { describe, expect, it } from "@jest/globals";
import { openLease } from "./lease.ts";
import { memoryBackend } from "./sqlite/backend.ts";

describe("the lease", () => {
  it("is one instance's until it runs out or is given back", async () => {
    let time = 0;
    const backend = memoryBackend({ offer: () => true }, () => time);
    const open = (owner: string) => openLease(backend, { service: "desk", name: "timers", owner, now: () => time });
    const [a, b] = [await open("a"), await open("b")];
    expect([await a.hold(), await b.hold()]).toEqual([true, false]);
    time = 5_000;
    expect([await a.hold(), await b.hold()]).toEqual([true, false]);
    time = 10_999;
    expect(await b.hold()).toBe(false);
    time = 11_000;
    expect([await b.hold(), await a.hold()]).toEqual([true, false]);
    expect([a.held(), b.held()]).toEqual([false, true]);
    expect([a.epoch(), b.epoch()]).toEqual([0, 2]);
    await b[Symbol.asyncDispose]();
    expect(await a.hold()).toBe(true);
  });
});

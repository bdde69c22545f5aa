import { describe, expect, it } from "@jest/globals";
import { memoryBackend, openLease, removeOld } from "@trunkline/store";
import { aggregateOnce, sumRange } from "./aggregation.ts";
import { openBucketStore } from "./stores/bucket-store.ts";
import { type FactStore, openFactStore } from "./stores/fact-store.ts";

const MINUTE = 60_000;

/** Two instances over the same data, with one clock. */
async function openPair() {
  const world = { now: 1_000_000 };
  const clock = () => world.now;
  const backend = memoryBackend({ offer: () => true }, clock);
  const [facts, buckets] = [await openFactStore(backend), await openBucketStore(backend)];
  const lease = (owner: string) => openLease(backend, { service: "analytics", name: "aggregation", owner, now: clock });
  const count = (id: string) => facts.apply("t1", "call", id, 1, MINUTE, () => ({ queue: "q", memory: { queuedAt: MINUTE } }));
  const calls = async () => (await sumRange(buckets, "t1", "q", MINUTE, 2 * MINUTE))["calls_offered"] ?? 0;
  return { world, facts, buckets, count, calls, a: await lease("a"), b: await lease("b") };
}

describe("aggregation", () => {
  it("is done by the instance that holds the lease, and by the other one when that has run out", async () => {
    const { world, facts, buckets, count, calls, a, b } = await openPair();
    await count("c1");
    expect(await aggregateOnce({ facts, buckets, lease: a })).toBe(1);
    await count("c2");
    expect([await aggregateOnce({ facts, buckets, lease: b }), await calls()]).toEqual([0, 1]);
    world.now += 60_000;
    expect([await aggregateOnce({ facts, buckets, lease: b }), await calls()]).toEqual([1, 2]);
  });

  it("by an instance that was frozen beyond its lease comes too late: its sums are not written", async () => {
    const { world, facts, buckets, count, calls, a, b } = await openPair();
    await count("c1");
    const frozen: FactStore = {
      ...facts,
      async *ofMinute(...where) {
        yield* facts.ofMinute(...where);
        world.now += 60_000;
        await count("c2");
        await aggregateOnce({ facts, buckets, lease: b });
      },
    };
    await aggregateOnce({ facts: frozen, buckets, lease: a });
    expect(await calls()).toBe(2);
    expect(await facts.dirty(10)).toEqual([]);
  });

  it("leaves the figures of minutes whose facts may be gone as they are", async () => {
    const { facts, buckets, count, calls, a } = await openPair();
    for (const id of ["c1", "c2"]) await count(id);
    await removeOld(facts.kept, 10 * MINUTE);
    expect(await facts.dirty(10)).toHaveLength(2);
    await aggregateOnce({ facts, buckets, lease: a });
    await removeOld(facts.kept, MINUTE - 1);
    await removeOld(facts.kept, MINUTE);
    expect(await Array.fromAsync(facts.ofMinute("t1", "q", MINUTE))).toEqual([]);
    await count("c2");
    await aggregateOnce({ facts, buckets, lease: a, frozenBefore: () => MINUTE + 1 });
    expect([await calls(), await facts.dirty(10)]).toEqual([2, []]);
  });

  it("never removes the fact of what is open, however old, nor one that came anew before it is counted", async () => {
    const { facts, buckets, a } = await openPair();
    const request = (sequence: number, memory: Readonly<Record<string, number>>) =>
      facts.apply("t1", "request", "r1", sequence, MINUTE, () => ({ queue: "q", at: MINUTE, memory }));
    const left = async () => (await Array.fromAsync(facts.ofMinute("t1", "q", MINUTE))).length;
    const clean = async () => {
      await aggregateOnce({ facts, buckets, lease: a });
      await removeOld(facts.kept, 10 * MINUTE);
    };
    await request(1, { openedAt: MINUTE });
    await clean();
    expect(await left()).toBe(1);
    await request(2, { resolvedAt: 20 * MINUTE });
    await clean();
    expect(await left()).toBe(1);
    await removeOld(facts.kept, 20 * MINUTE);
    expect(await left()).toBe(0);
  });
});

import { describe, expect, it } from "@jest/globals";
import { openOffsets } from "./offsets.ts";

const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

function opened() {
  const commits: unknown[] = [];
  const consumer = { commitOffsets: async (offsets: unknown) => void commits.push(offsets) };
  return { commits, offsets: openOffsets(consumer as never, { log: quiet }) };
}

describe("offsets", () => {
  it("commit the latest progress of each partition once, and nothing where there was none", async () => {
    const { commits, offsets } = opened();
    offsets.progress({ topic: "calls", partition: 0, offset: "5", waiting: 0 });
    offsets.progress({ topic: "calls", partition: 0, offset: "9", waiting: 0 });
    offsets.progress({ topic: "calls", partition: 1, offset: undefined, waiting: 3 });
    expect(offsets.lag()).toBe(4);
    await offsets.commit();
    await offsets.commit();
    expect(commits).toEqual([[{ topic: "calls", partition: 0, offset: "9" }]]);
    expect(offsets.lag()).toBe(3);
  });

  it("forget a partition that another member reads now: its lag is not ours, and a commit would move it back", async () => {
    const { commits, offsets } = opened();
    offsets.progress({ topic: "calls", partition: 0, offset: "5", waiting: 2 });
    offsets.progress({ topic: "calls", partition: 1, offset: "7", waiting: 0 });
    offsets.keep(new Set(["calls/1"]));
    expect(offsets.lag()).toBe(1);
    await offsets.commit();
    expect(commits).toEqual([[{ topic: "calls", partition: 1, offset: "7" }]]);
  });

  it("survive a commit that fails", async () => {
    const offsets = openOffsets({ commitOffsets: () => Promise.reject(new Error("rebalancing")) }, { log: quiet });
    offsets.progress({ topic: "calls", partition: 0, offset: "5", waiting: 0 });
    await expect(offsets.commit()).resolves.toBeUndefined();
  });
});

import { describe, expect, it } from "@jest/globals";
import { openOffsets } from "./offsets.ts";

const quiet = { debug: () => undefined };

function opened() {
  const commits: unknown[] = [];
  const member = { commit: async (offsets: unknown) => void commits.push(offsets) };
  return { commits, member, offsets: openOffsets(quiet) };
}

describe("offsets", () => {
  it("commit the latest progress of each partition once, and nothing where there was none", async () => {
    const { commits, member, offsets } = opened();
    offsets.progress({ topic: "calls", partition: 0, next: 5, waiting: 0 });
    offsets.progress({ topic: "calls", partition: 0, next: 9, waiting: 0 });
    offsets.progress({ topic: "calls", partition: 1, next: undefined, waiting: 3 });
    expect(offsets.lag()).toBe(4);
    await offsets.commit(member);
    await offsets.commit(member);
    expect(commits).toEqual([[{ topic: "calls", partition: 0, next: 9 }]]);
    expect(offsets.lag()).toBe(3);
  });

  it("forget a partition that another member reads now: its lag is not ours, and a commit would move it back", async () => {
    const { commits, member, offsets } = opened();
    offsets.progress({ topic: "calls", partition: 0, next: 5, waiting: 2 });
    offsets.progress({ topic: "calls", partition: 1, next: 7, waiting: 0 });
    offsets.keep(new Set(["calls/1"]));
    expect(offsets.lag()).toBe(1);
    await offsets.commit(member);
    expect(commits).toEqual([[{ topic: "calls", partition: 1, next: 7 }]]);
  });

  it("are with the next commit when one fails, unless something newer is there or another member reads the partition", async () => {
    const { commits, member, offsets } = opened();
    for (const partition of [0, 1, 2]) offsets.progress({ topic: "calls", partition, next: 5, waiting: 0 });
    const fails = async () => {
      offsets.progress({ topic: "calls", partition: 1, next: 6, waiting: 0 });
      offsets.keep(new Set(["calls/0", "calls/1"]));
      throw new Error("rebalancing");
    };
    await expect(offsets.commit({ commit: fails })).resolves.toBeUndefined();
    expect(offsets.lag()).toBe(2);
    await offsets.commit(member);
    const both = [
      { topic: "calls", partition: 0, next: 5 },
      { topic: "calls", partition: 1, next: 6 },
    ];
    expect([commits, offsets.lag()]).toEqual([[both], 0]);
  });

  it("keep what was handled while an older one was committed", async () => {
    const { commits, member, offsets } = opened();
    offsets.progress({ topic: "calls", partition: 0, next: 5, waiting: 0 });
    await offsets.commit({ commit: async () => offsets.progress({ topic: "calls", partition: 0, next: 6, waiting: 0 }) });
    await offsets.commit(member);
    expect(commits).toEqual([[{ topic: "calls", partition: 0, next: 6 }]]);
  });
});

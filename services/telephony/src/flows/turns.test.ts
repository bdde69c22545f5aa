import { describe, expect, it } from "@jest/globals";
import { identify } from "../domain/call.ts";
import { distribute, EXCHANGE, NO_CALLS_OUT, openFloor, TENANT } from "../floor.test-support.ts";
import { openArrivals } from "../intake/arrivals.ts";
import { openDistribution } from "./distribute.ts";

const line = { ...NO_CALLS_OUT, ring: async () => undefined, hangUp: async () => undefined, resync: async () => undefined };

describe("a caller", () => {
  it("keeps its place before those who came later and are known sooner, if agents are few", async () => {
    await using floor = await openFloor(["a"]);
    const arrivals = openArrivals(() => floor.world.now);
    const first = Promise.withResolvers<void>();
    const distribution = openDistribution(floor.context, EXCHANGE, line, { arrivals });
    const round = async () => {
      await distribution.round();
      await distribution.settled();
      return (await Promise.all(["c1", "c2"].map((id) => floor.context.calls.find(TENANT, id)))).map((call) => call?.state);
    };
    arrivals.add("c1", { queue: "support", at: floor.world.now }, first.promise);
    const came = floor.world.now;
    floor.world.now += 15;
    await floor.comes("c2");
    expect(await round()).toEqual([undefined, "queued"]);
    // Written at last, with the instant at which it came.
    const later = floor.world.now;
    floor.world.now = came;
    await floor.comes("c1");
    floor.world.now = later;
    first.resolve();
    expect(await round()).toEqual(["ringing", "queued"]);
    await distribution[Symbol.asyncDispose]();
  });

  it("waits for nobody's write where agents are left, in another queue, or when the write takes too long", async () => {
    for (const [agents, queue, ms] of [
      [["a", "b"], "support", 15],
      [["a"], "sales", 15],
      [["a"], "support", 250],
    ] as const) {
      await using floor = await openFloor([...agents]);
      const arrivals = openArrivals(() => floor.world.now);
      arrivals.add("c1", { queue, at: floor.world.now }, new Promise(() => undefined));
      await using distribution = openDistribution(floor.context, EXCHANGE, line, { arrivals });
      floor.world.now += ms;
      await floor.comes("c2");
      await distribution.round();
      await distribution.settled();
      expect((await floor.context.calls.get(TENANT, "c2")).state).toBe("ringing");
    }
  });

  it("that nobody has recognised yet does not lose the last agent to a stranger who came later", async () => {
    await using floor = await openFloor(["a"]);
    await floor.comes("c1", "support", "+8613900000001");
    floor.world.now += 15;
    await floor.comes("c2");
    await distribute(floor.context, EXCHANGE, line);
    expect((await floor.context.calls.get(TENANT, "c2")).state).toBe("queued");
    await floor.tell("c1", { decide: (call) => identify(call, "none", "", floor.world.now) });
    await distribute(floor.context, EXCHANGE, line);
    expect((await floor.context.calls.get(TENANT, "c1")).state).toBe("ringing");
  });
});

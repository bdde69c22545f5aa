import { describe, expect, it } from "@jest/globals";
import { memoryBackend } from "@trunkline/store";
import { unsetQueue } from "../domain/call-queue.ts";
import { openCallQueueStore } from "./call-queue-store.ts";

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const to = (id: string, overflow: string) => ({ ...unsetQueue(id, 60_000), maxWaitMs: 1_000, overflow });

/** Two instances over the same data, each with its own memory of it. */
async function openPair(stack: AsyncDisposableStack) {
  const backend = memoryBackend({ offer: () => true }, Date.now);
  const open = async () => stack.use(await openCallQueueStore({ backend, now: Date.now, log, wrapUpLimitMs: 60_000 }));
  const first = await open();
  for (const id of ["a", "b"]) await first.put("t1", to(id, "abandon"), 0);
  return [first, await open()] as const;
}

describe("settings of queues", () => {
  it("never make a circle, also when two are saved at once on two instances", async () => {
    await using stack = new AsyncDisposableStack();
    const [first, second] = await openPair(stack);
    const saved = await Promise.allSettled([first.put("t1", to("a", "queue:b"), 1), second.put("t1", to("b", "queue:a"), 1)]);
    expect(saved.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const refused = saved.find((one) => one.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "queue_overflow_circular" });
  });

  it("that somebody has saved meanwhile are not saved over", async () => {
    await using stack = new AsyncDisposableStack();
    const [first, second] = await openPair(stack);
    expect((await first.put("t1", { ...to("a", "abandon"), name: "A" }, 1)).revision).toBe(2);
    await expect(second.put("t1", { ...to("a", "abandon"), name: "Z" }, 1)).rejects.toMatchObject({
      kind: "conflict",
      code: "stale_revision",
    });
    await expect(second.put("t1", to("a", "abandon"), 0)).rejects.toMatchObject({ code: "stale_revision" });
    expect((await second.put("t1", { ...to("a", "abandon"), name: "Z" })).revision).toBe(3);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import type { EachBatchPayload } from "kafkajs";
import type { BatchResult } from "../transport.ts";
import { batchesOf } from "./member.ts";

function handler(result: BatchResult = { next: undefined, paused: undefined }, stop = new AbortController().signal) {
  return batchesOf({ handle: async () => result, stop }, "p.");
}

/** What a fetch brought of one partition, `behind` more of which are known to wait at the broker. */
function fetched(partition: number, count = 1, behind = 0) {
  const done: string[] = [];
  const messages = Array.from({ length: count }, (_, n) => ({ offset: String(n), key: Buffer.from(`k${n}`), headers: {} }));
  const payload = {
    batch: { topic: "p.calls", partition, messages, highWatermark: String(count + behind), lastOffset: () => String(count - 1) },
    resolveOffset: (offset: string) => done.push(`resolve ${offset}`),
    heartbeat: async () => undefined,
    pause: () => {
      done.push("pause");
      return () => done.push("resume");
    },
    isRunning: () => true,
    isStale: () => false,
  } as unknown as EachBatchPayload;
  return Object.assign(payload, { done });
}

describe("the next fetch", () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  /** How long it is held up, ms. */
  async function heldUp(work: Promise<unknown>): Promise<number> {
    const since = performance.now();
    const held = work.then(() => performance.now() - since);
    await jest.advanceTimersByTimeAsync(50);
    return held;
  }

  it("comes at once in a trickle, though one followed soon on another", async () => {
    const handle = handler();
    expect(await heldUp(Promise.all([handle(fetched(0)), handle(fetched(1))]))).toBe(0);
    expect(await heldUp(handle(fetched(0)))).toBe(0);
  });

  it("waits for company in a stream", async () => {
    const handle = handler();
    expect(await heldUp(Promise.all([handle(fetched(0, 60)), handle(fetched(1, 60))]))).toBe(40);
    expect(await heldUp(handle(fetched(0)))).toBe(40);
  });

  it("comes at once while more is known to wait", async () => {
    const handle = handler();
    expect(await heldUp(handle(fetched(0, 100, 5)))).toBe(0);
  });
});

describe("a partition that has to wait", () => {
  it("is read on behind what was handled, when its pause is over", async () => {
    let over = () => {};
    const paused = new Promise<void>((resolve) => {
      over = resolve;
    });
    const batch = fetched(0, 5);
    await handler({ next: 3, paused })(batch);
    expect(batch.done).toEqual(["resolve 2", "pause"]);
    over();
    await paused;
    expect(batch.done).toEqual(["resolve 2", "pause", "resume"]);
  });

  it("is not read on when the consumer ends meanwhile", async () => {
    const stop = new AbortController();
    stop.abort();
    const batch = fetched(0, 5);
    await handler({ next: undefined, paused: Promise.resolve() }, stop.signal)(batch);
    expect(batch.done).toEqual(["pause"]);
  });
});

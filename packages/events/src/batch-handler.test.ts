import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { EachBatchPayload } from "kafkajs";
import { batchHandler } from "./batch-handler.ts";
import { memoryDeadLetters } from "./dead-letters.fake.ts";
import { openKeyGate } from "./key-gate.ts";
import { on } from "./subscription.ts";
import { topic } from "./topic.ts";

const calls = topic("telephony.call", CallEventSchema);

function handler() {
  const parts = {
    byTopic: new Map([[calls.name, on(calls, ["queued"], async () => undefined)]]),
    gate: openKeyGate(memoryDeadLetters()),
    stop: new AbortController().signal,
    progress: () => undefined,
  };
  return batchHandler(parts as unknown as Parameters<typeof batchHandler>[0]);
}

/** What the handler does not want. */
const message = (n: number) => ({ offset: String(n), key: Buffer.from(`k${n}`), headers: { ce_type: `${calls.name}.ended` } });

/** What a fetch brought of one partition, `behind` more of which are known to wait at the broker. */
function fetched(partition: number, count = 1, behind = 0): EachBatchPayload {
  const messages = Array.from({ length: count }, (_, n) => message(n));
  return {
    batch: { topic: calls.name, partition, messages, highWatermark: String(count + behind), lastOffset: () => String(count - 1) },
    resolveOffset: () => undefined,
    heartbeat: async () => undefined,
    pause: () => () => undefined,
    isRunning: () => true,
    isStale: () => false,
  } as unknown as EachBatchPayload;
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
    const { handle } = handler();
    expect(await heldUp(Promise.all([handle(fetched(0)), handle(fetched(1))]))).toBe(0);
    expect(await heldUp(handle(fetched(0)))).toBe(0);
  });

  it("waits for company in a stream", async () => {
    const { handle } = handler();
    expect(await heldUp(Promise.all([handle(fetched(0, 60)), handle(fetched(1, 60))]))).toBe(40);
    expect(await heldUp(handle(fetched(0)))).toBe(40);
  });

  it("comes at once while more is known to wait", async () => {
    const { handle } = handler();
    expect(await heldUp(handle(fetched(0, 100, 5)))).toBe(0);
  });
});

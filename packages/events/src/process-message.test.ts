import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { DomainError } from "@trunkline/errors";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { memoryDeadLetters } from "./dead-letters.fake.ts";
import { openKeyGate } from "./key-gate.ts";
import { processMessage } from "./process-message.ts";
import { on } from "./subscription.ts";
import { topic } from "./topic.ts";

const calls = topic("telephony.call", CallEventSchema);
const value = Buffer.from(toBinary(CallEventSchema, create(CallEventSchema, {})));
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe("an event behind one that became a letter", () => {
  it("becomes one too, also when the partitions change hands just as its key is being parked", async () => {
    const stored = memoryDeadLetters();
    const handled: number[] = [];
    const subscription = on(calls, async ({ sequence }) => {
      handled.push(sequence);
      if (sequence === 1) throw new DomainError("invalid", "queue_unknown", "there is no such queue");
    });
    const dead = {
      ...stored,
      park: async (...args: Parameters<typeof stored.park>) => {
        gate.forget();
        await gate.known();
        await stored.park(...args);
      },
    };
    const gate = openKeyGate(dead);
    const event = (offset: number) => ({
      raw: { key: "t1/c1", value, headers: { sequence: String(offset) } },
      ...{ partition: 0, offset, subscription, group: "reader", dead, gate, stop: new AbortController().signal, log },
    });
    expect([await processMessage(event(1)), await processMessage(event(2))]).toEqual(["done", "done"]);
    expect(handled).toEqual([1]);
    expect((await stored.letters(calls.name, "t1/c1")).map(({ code }) => code)).toEqual(["queue_unknown", "key_parked"]);
  });
});

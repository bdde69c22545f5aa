import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { outboxEntry, topic } from "./topic.ts";

const calls = topic("telephony.call", CallEventSchema);
const scope = { tenant: "t1", actor: "employee/7", causation: "c", correlation: "r" };
const queued = (queue: string) => ({ n: 4, at: 17, message: { callId: "c1", event: { case: "queued", value: { queue } } } }) as const;

describe("a topic", () => {
  it("is named after service and aggregate", () => {
    expect(calls).toMatchObject({ name: "trunkline.telephony.call.v1", compacted: false, partitions: 48 });
    expect(topic("workforce.employee", CallEventSchema, true)).toMatchObject({ compacted: true, partitions: 12 });
  });
});

describe("an event in the outbox", () => {
  it("is encoded once, with who caused it", () => {
    const entry = outboxEntry(calls, scope, queued("service"));
    expect(entry).toMatchObject({ n: 4, type: "queued", at: 17, headers: { actor: "employee/7", causation: "c", correlation: "r" } });
    expect(fromBinary(CallEventSchema, entry.payload).event).toMatchObject({ case: "queued", value: { queue: "service" } });
  });

  it("is called after the field of its message that says what happened", () => {
    const message = { callId: "c1", event: { case: "offerEnded", value: { reason: "no_answer" } } } as const;
    expect(outboxEntry(calls, scope, { n: 1, at: 1, message }).type).toBe("offer_ended");
  });

  it("may not be larger than 256 KiB", () => {
    const size = (length: number) => outboxEntry(calls, scope, queued("q".repeat(length))).payload.length;
    const overhead = size(200_000) - 200_000;
    expect(size(256 * 1024 - overhead)).toBe(256 * 1024);
    expect(() => size(256 * 1024 - overhead + 1)).toThrow(expect.objectContaining({ kind: "invalid", code: "event_too_large" }));
  });
});

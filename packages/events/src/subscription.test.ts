import { create, toBinary } from "@bufbuild/protobuf";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { describe, expect, it } from "@jest/globals";
import { CallEventSchema } from "@trunkline/proto/telephony";
import { on } from "./subscription.ts";
import { outboxEntry, topic } from "./topic.ts";

const calls = topic("telephony.call", CallEventSchema);
const scope = { tenant: "t1", actor: "employee/7", causation: "c", correlation: "r" };

describe("a subscription to some of what a topic tells", () => {
  it("wants what it names and what a newer release tells, and passes the rest", () => {
    const { wants } = on(calls, ["offerEnded", "ended"], async () => undefined);
    const type = (name: string) => `${calls.name}.${name}`;
    expect(["offer_ended", "ended", "queued", "answered"].map((name) => wants(type(name)))).toEqual([true, true, false, false]);
    expect([wants(type("beamed_up")), wants(undefined)]).toEqual([true, true]);
  });

  it("knows every event by the type that the outbox gives it", async () => {
    const taken: (string | undefined)[] = [];
    const { handle } = on(calls, ["ended"], async ({ event }) => void taken.push(event.event.case));
    for (const message of [
      create(CallEventSchema, { callId: "c1", event: { case: "queued", value: { queue: "service" } } }),
      create(CallEventSchema, { callId: "c1", event: { case: "ended", value: {} } }),
    ]) {
      const { type } = outboxEntry(calls, scope, { n: 1, at: 1, message });
      const value = Buffer.from(toBinary(CallEventSchema, message));
      await handle({ key: "t1/c1", value, headers: { sequence: "1", ce_type: `${calls.name}.${type}` } }, "reader");
    }
    expect(taken).toEqual(["ended"]);
  });

  it("tells when it happened by its source, else when it was recorded", async () => {
    const at: number[] = [];
    const { handle } = on(calls, async (received) => void at.push(received.at));
    const [occurredAt, recordedAt] = [timestampFromMs(5_001), timestampFromMs(7_002)];
    for (const message of [{ occurredAt, recordedAt }, { recordedAt }, {}]) {
      const value = Buffer.from(toBinary(CallEventSchema, create(CallEventSchema, message)));
      await handle({ key: "t1/c1", value, headers: { sequence: "1" } }, "reader");
    }
    expect(at).toEqual([5_001, 7_002, 0]);
  });

  it("takes all that a topic tells when it names nothing", () => {
    expect(on(calls, async () => undefined).wants(`${calls.name}.queued`)).toBe(true);
  });
});

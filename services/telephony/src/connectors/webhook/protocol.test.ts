import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { heldBytes } from "../../malformed.test-support.ts";
import { factOf, type WebhookEvent, webhookEvent } from "./protocol.ts";

const NOW = 1_795_332_840_000;
const read = (event: object) => factOf(webhookEvent.parse(event) as Exclude<WebhookEvent, { type: "offer_picked_up" }>, NOW);
const about = { call: "c-1", at: NOW - 10 };
const callKey = { startedAt: 0, linkedid: "c-1" };

describe("what a vendor posts", () => {
  it("are the facts that any exchange tells", () => {
    const caller = { number: "anonymous", name: "A\u0007da", dialed: "95500", verdict: "full" };
    expect(read({ type: "call_queued", ...about, queue: "support", caller })).toEqual({
      kind: "call_queued",
      callKey,
      at: NOW - 10,
      queue: "support",
      position: 1,
      callerNumber: "",
      callerName: "Ada",
      callerFlags: ["withheld", "cleaned"],
      dialedNumber: "95500",
      callerVerdict: "full",
    });
    expect(read({ type: "call_answered", ...about, extension: "1001", queue: "support", waitMs: 5, offerId: "o-1" })).toEqual({
      kind: "call_answered",
      callKey,
      at: NOW - 10,
      extension: "1001",
      queue: "support",
      via: "queue",
      waitMs: 5,
      waitExact: true,
      offerId: "o-1",
    });
    expect(read({ type: "call_transferred", ...about, from: "1001", to: "1002", kind: "blind" })).toEqual({
      kind: "call_transferred",
      callKey,
      at: NOW - 10,
      from: "1001",
      to: "1002",
      type: "blind",
    });
    expect(read({ type: "call_ended", ...about, cause: 16 })).toMatchObject({ kind: "call_ended", causeCode: 16 });
  });

  it("never happens in the future", () => {
    expect(read({ type: "call_held", call: "c-1", at: NOW + 3_600_000, extension: "1001" }).at).toBe(NOW);
  });

  it("names every call that lives in a snapshot", () => {
    const call = {
      call: "c-1",
      caller: { number: "13900000001" },
      queue: "support",
      phase: "waiting",
      extension: "",
      ringing: ["1001"],
      waitMs: 7,
    };
    expect(read({ type: "snapshot", at: NOW, calls: [call] })).toMatchObject({
      kind: "snapshot",
      liveLinkedids: ["c-1"],
      calls: [{ callKey, phase: "waiting", ringing: ["1001"], waitMs: 7, callerNumber: "13900000001" }],
    });
  });

  it("does no harm, whatever it is: 100,000 malformed bodies", () => {
    const good = { type: "call_queued", ...about, queue: "support", caller: { number: "1", name: "", dialed: "" } };
    const fields = fc.constantFrom("type", "call", "at", "queue", "caller", "extension", "calls", "offerId", "__proto__", "constructor");
    const broken = fc.dictionary(fields, fc.anything({ maxDepth: 2, maxKeys: 3 }), { maxKeys: 4 });
    let [read, held] = [0, 0];
    fc.assert(
      fc.property(broken, fc.boolean(), (odd, onGood) => {
        if (++read === 20_000) held = heldBytes();
        const parsed = webhookEvent.safeParse(onGood ? { ...good, ...odd } : odd);
        if (!parsed.success || parsed.data.type === "offer_picked_up") return true;
        const fact = factOf(parsed.data, NOW);
        return fact.at <= NOW && !JSON.stringify(fact).includes("\\u0000");
      }),
      { seed: 42, numRuns: 100_000 },
    );
    expect(heldBytes()).toBeLessThan(held * 1.1);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

import { describe, expect, it } from "@jest/globals";
import { createBatch, fail, finish, lookAgainAt, recordPage } from "./batch.ts";

const given = () =>
  createBatch(
    { id: "b1", segmentId: "s1", templateId: "t", templateVersion: 1, channel: "sms", purpose: "marketing", expiresAt: 9_000 },
    1_000,
  ).state;
const sending = () => recordPage(given(), { cursor: "", next: "", size: 10 }, 1_500).state;

describe("a batch", () => {
  it("is prepared page by page from a stored cursor, one right after the other, and then sends", () => {
    const second = recordPage(given(), { cursor: "", next: "p2", size: 200 }, 1_500).state;
    expect(second).toMatchObject({ state: "preparing", cursor: "p2", entered: 200, nextDueAt: 1_500 });
    const last = recordPage(second, { cursor: "p2", next: "", size: 7 }, 1_600).state;
    expect(last).toMatchObject({ state: "sending", cursor: "", entered: 207, nextDueAt: 2_600 });
  });

  it("ignores a page that somebody else recorded already", () => {
    const second = recordPage(given(), { cursor: "", next: "p2", size: 200 }, 1_500).state;
    expect(recordPage(second, { cursor: "", next: "p9", size: 200 }, 1_600).state).toBe(second);
  });

  it("is asked less often whether it is through the longer it lasts", () => {
    expect([1_000, 101_000, 10_000_000].map((at) => lookAgainAt(given(), at) - at)).toEqual([1_000, 5_000, 10_000]);
  });

  it("finishes once, and not before all its recipients are in the ledger", () => {
    expect(finish(given(), 2_000).events).toEqual([]);
    const done = finish(sending(), 2_000);
    expect(done).toMatchObject({
      state: { state: "finished", finishedAt: 2_000, nextDueAt: undefined },
      events: [{ type: "finished", total: 10 }],
    });
    expect(finish(done.state, 3_000).events).toEqual([]);
    expect(fail(done.state, "segment_not_found", 3_000).state).toBe(done.state);
  });

  it("that can never go on has failed, once, and says why", () => {
    for (const before of [given(), sending()]) {
      const failed = fail(before, "segment_not_found", 2_000);
      expect(failed).toMatchObject({
        state: { state: "failed", reason: "segment_not_found", nextDueAt: undefined },
        events: [{ type: "failed", reason: "segment_not_found" }],
      });
      expect(fail(failed.state, "other", 3_000).state).toBe(failed.state);
      expect(finish(failed.state, 3_000).state).toBe(failed.state);
    }
  });
});

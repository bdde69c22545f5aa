import { describe, expect, it } from "@jest/globals";
import { createBatch, finish, recordPage, takePreparing } from "./batch.ts";

const given = () =>
  createBatch(
    { id: "b1", segmentId: "s1", templateId: "t", templateVersion: 1, channel: "sms", purpose: "marketing", expiresAt: 9_000 },
    1_000,
  ).state;

describe("a batch", () => {
  it("is prepared page by page from a stored cursor and then sends", () => {
    const second = recordPage(given(), { cursor: "", next: "p2" }).state;
    expect(second).toMatchObject({ state: "preparing", cursor: "p2" });
    expect(recordPage(second, { cursor: "p2", next: "" }).state).toMatchObject({ state: "sending", cursor: "" });
  });

  it("ignores a page that somebody else recorded already", () => {
    const second = recordPage(given(), { cursor: "", next: "p2" }).state;
    expect(recordPage(second, { cursor: "", next: "p9" }).state).toBe(second);
  });

  it("is prepared by one at a time, and by another when the lease has passed", () => {
    const { state, taken } = takePreparing(given(), 2_000, 30_000);
    expect(taken).toBe(true);
    expect(takePreparing(state, 31_999, 30_000).taken).toBe(false);
    expect(takePreparing(state, 32_000, 30_000).taken).toBe(true);
  });

  it("finishes once, and not before all its recipients are in the ledger", () => {
    expect(finish(given(), 10, 2_000).events).toEqual([]);
    const sending = recordPage(given(), { cursor: "", next: "" }).state;
    const done = finish(sending, 10, 2_000);
    expect(done).toMatchObject({ state: { state: "finished", finishedAt: 2_000 }, events: [{ type: "finished", total: 10 }] });
    expect(finish(done.state, 11, 3_000).events).toEqual([]);
  });
});

import { describe, expect, it } from "@jest/globals";
import { CLAIM_MS, claimTask, completeTask, isDialable, mergeCall, openTask, releaseTask, reopenTask, retryTask } from "./callback-task.ts";

const opened = openTask({ id: "t1", number: "+8613900000001", customerId: "", callId: "call1", reason: "abandoned" }, 1);

describe("a callback task", () => {
  it("opens with the call, and its event bears no number", () => {
    expect(opened.events).toEqual([{ type: "opened", at: 1, callId: "call1", customerId: "", reason: "abandoned" }]);
    expect(JSON.stringify(opened.events)).not.toContain("139");
  });

  it("takes another call of the number once, and learns who it is", () => {
    const merged = mergeCall(opened.state, { callId: "call2", customerId: "c1", at: 2 });
    expect(merged.state).toMatchObject({ callIds: ["call1", "call2"], customerId: "c1" });
    expect(merged.events).toEqual([{ type: "merged", at: 2, callId: "call2" }]);
    expect(mergeCall(merged.state, { callId: "call2", customerId: "", at: 3 }).events).toEqual([]);
  });

  it("that is done takes no more calls", () => {
    const done = completeTask(opened.state, "reached", 5);
    expect(done.events).toEqual([{ type: "done", at: 5, result: "reached" }]);
    expect(mergeCall(done.state, { callId: "call2", customerId: "", at: 6 })).toEqual({ state: done.state, events: [] });
    expect(completeTask(done.state, "reached", 7).events).toEqual([]);
    expect(() => completeTask(done.state, "no_answer", 7)).toThrow(expect.objectContaining({ code: "callback_task_done" }));
  });

  it("is one person's while they call, and anybody's again when they gave it back or never called", () => {
    const mine = claimTask(opened.state, "li", 10);
    expect(mine).toMatchObject({ state: { ownerId: "li", claimedUntil: 10 + CLAIM_MS }, events: [{ type: "claimed", employeeId: "li" }] });
    expect(() => claimTask(mine.state, "wang", 11)).toThrow(expect.objectContaining({ code: "callback_task_claimed" }));
    expect(() => releaseTask(mine.state, "wang", 11)).toThrow(expect.objectContaining({ code: "callback_task_claimed" }));
    expect(claimTask(mine.state, "li", 500).state.claimedUntil).toBe(500 + CLAIM_MS);
    expect(claimTask(releaseTask(mine.state, "li", 12).state, "wang", 13).state.ownerId).toBe("wang");
    expect(claimTask(mine.state, "wang", 10 + CLAIM_MS).state.ownerId).toBe("wang");
  });

  it("that nobody picks up stays to be done, later and by anybody", () => {
    const tried = retryTask(claimTask(opened.state, "li", 10).state, "no_answer", 1_810, 20);
    expect(tried.state).toMatchObject({ state: "open", attempts: 1, dueAt: 1_810, result: "no_answer" });
    expect(tried.state.ownerId).toBeUndefined();
    expect(retryTask(tried.state, "no_answer", 1_811, 21)).toEqual({ state: tried.state, events: [] });
    expect(retryTask(tried.state, "no_answer", 3_000, 2_000).state.attempts).toBe(2);
    expect(() => retryTask(completeTask(tried.state, "reached", 30).state, "no_answer", 99, 40)).toThrow("done already");
  });

  it("is open again when its result is taken back", () => {
    const done = completeTask(claimTask(opened.state, "li", 10).state, "reached", 20).state;
    const again = reopenTask(done, 25);
    expect(again.state).toMatchObject({ state: "open", result: "" });
    expect([again.state.doneAt, again.state.ownerId, again.events[0]?.type]).toEqual([undefined, undefined, "reopened"]);
    expect(reopenTask(again.state, 26).events).toEqual([]);
  });

  it("needs something that can be dialled", () => {
    expect(
      ["+8613900000001", "1001", "", "anonymous", "13900\r\nAction: x", "1".repeat(200), "00000000", "+00000000", "0001234"].map(
        isDialable,
      ),
    ).toEqual([true, true, false, false, false, false, false, false, false]);
  });
});

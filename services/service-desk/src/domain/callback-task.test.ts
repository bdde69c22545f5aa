import { describe, expect, it } from "@jest/globals";
import { completeTask, isDialable, mergeCall, openTask } from "./callback-task.ts";

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

  it("needs something that can be dialled", () => {
    expect(["+8613900000001", "1001", "", "anonymous", "13900\r\nAction: x", "1".repeat(200)].map(isDialable)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

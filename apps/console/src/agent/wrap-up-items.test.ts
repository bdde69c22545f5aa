import { describe, expect, it } from "@jest/globals";
import type { CallState, DesktopCall } from "../desktop/desktop-state.ts";
import { fateOf, itemToShow, type Kept, lapsedBetween, nothingSaid, saidOf, type WrapUpItem, withSaid } from "./wrap-up-items.ts";

const call = (callId: string, state: CallState): DesktopCall => ({ callId, state, since: 0, pop: undefined });
const lapsed = (before: DesktopCall[], now: DesktopCall[], finished: string[] = []) =>
  lapsedBetween(before, now, new Set(finished)).map(({ callId }) => callId);
const item = (callId: string): WrapUpItem => ({ callId, number: "1", queue: "support" });
const note = (words: string) => ({ disposition: "", note: words });
const kept = (callId: string, words = ""): Kept => ({ ...item(callId), said: note(words) });

describe("a wrap-up that is gone", () => {
  it("has ended by itself, unless the agent finished it or the caller is back", () => {
    expect(lapsed([call("c1", "wrap_up"), call("c2", "talking")], [])).toEqual(["c1"]);
    expect(lapsed([call("c1", "wrap_up")], [call("c1", "wrap_up")])).toEqual([]);
    expect(lapsed([call("c1", "wrap_up")], [], ["c1"])).toEqual([]);
    expect(lapsed([call("c1", "wrap_up")], [call("c1", "talking")])).toEqual([]);
  });

  it("was completed elsewhere where a result is stored, and what was begun here is not lost for that", () => {
    const given = { disposition: "solved", note: "周六" };
    expect(fateOf(note("周日"), undefined)).toBe("late");
    expect(fateOf(nothingSaid, given)).toBe("elsewhere");
    expect(fateOf({ disposition: "solved", note: "周六 " }, given)).toBe("elsewhere");
    expect(fateOf({ disposition: "solved", note: "周日" }, given)).toBe("differs");
  });
});

describe("what is said of a call", () => {
  it("is kept by its call, whichever else is written up meanwhile", () => {
    const both = withSaid(withSaid([], item("c1"), note("一")), item("c2"), note("二"));
    const more = withSaid(both, item("c1"), note("一二"));
    expect([saidOf(more, "c1").note, saidOf(more, "c2").note, saidOf(more, "c3").note]).toEqual(["一二", "二", ""]);
    expect(more.map(({ callId }) => callId)).toEqual(["c1", "c2"]);
  });

  it("makes room for others only where nothing was said", () => {
    const many = ["c1", "c2", "c3", "c4", "c5", "c6"].reduce<readonly Kept[]>(
      (all, id, n) => withSaid(all, item(id), n === 0 ? note("一") : nothingSaid),
      [],
    );
    expect(many.map(({ callId }) => callId)).toEqual(["c1", "c3", "c4", "c5", "c6"]);
  });

  it("stays in the form while a second call ends, and when its time is over", () => {
    const shown = (due: string[], late: Kept[], all: Kept[], picked: string) => itemToShow(due.map(item), late, all, picked)?.callId;
    const begun = kept("c1", "一");
    expect(shown(["c1", "c2"], [], [begun], "c1")).toBe("c1");
    expect(shown(["c2"], [begun], [begun], "c1")).toBe("c1");
    // After a reload, or back from another room.
    expect(shown(["c1", "c2"], [], [begun], "")).toBe("c1");
    expect(shown([], [begun], [begun], "")).toBe("c1");
    expect(shown(["c2"], [begun], [begun], "")).toBe("c2");
    expect(shown([], [kept("c1")], [kept("c1")], "")).toBeUndefined();
  });
});

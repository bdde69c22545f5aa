import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { answer, end, queueCall, release } from "./call.ts";
import { expire, expireWrapUps } from "./call-due.ts";
import { offer } from "./call-offers.ts";
import { type Call, type Decided, handsOf, wrapUpUntil } from "./call-state.ts";
import { extendWrapUp, handled, reportWrapUp } from "./wrap-up.ts";

const WRAP_UP = { mode: "optional", limitMs: 60_000, dispositions: [], defaultDisposition: "not_given" } as const;
const NEW = {
  id: "c",
  connectorId: "pbx",
  linkedid: "1.1",
  startedAt: 0,
  queue: "support",
  direction: "inbound",
  routed: false,
  callerNumber: "+8613912345678",
  numberHash: "h",
  numberKind: "known",
} as const;
const after = (...steps: ((call: Call) => Decided)[]) => steps.reduce((call, step) => step(call).state, queueCall(NEW, 0).state);
const takes = (extension: string, at: number) => [
  (c: Call) => offer(c, { offerId: `o${extension}`, employeeId: `e${extension}`, extension }, at),
  (c: Call) => answer(c, extension, `e${extension}`, 0, at),
];
const leaves = (extension: string, at: number) => (c: Call) => release(c, `e${extension}`, WRAP_UP, at);
const ended = (at: number) => (c: Call) => end(c, 16, at);
const over = (at: number) => (c: Call) => expireWrapUps(c, at);
const code = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code: string }).code;
  }
  return "";
};
const DAY = 24 * 3_600_000;

describe("the after-call work", () => {
  it("is in nobody's hands once its limit has passed, also while the caller talks on elsewhere", () => {
    const handedOn = after(...takes("1001", 1_000), leaves("1001", 5_000), over(65_000));
    expect([handsOf(handedOn), handedOn.endedAt]).toEqual([[], undefined]);
  });

  it("that an earlier release began ends at its limit too", () => {
    const { wrapping: _, ...rest } = after(...takes("1001", 1_000), leaves("1001", 5_000), ended(6_000));
    const old = { ...rest, wrapUpSince: 5_000, nextDueAt: 65_000, defaultDisposition: "other" } as Call;
    expect(expire(old, 64_999).events).toEqual([]);
    const { state, events } = expire(old, 66_000);
    expect(events).toMatchObject([{ type: "wrap_up_ended", employeeId: "e1001", wrapUpMs: 60_000, disposition: "other" }]);
    expect(state).toEqual({ ...rest, state: "ended", disposition: "other" });
  });

  it("is that of its agent, who never rang for the call and may be a supervisor", () => {
    const { offers: _, ...call } = after(...takes("1001", 1_000), leaves("1001", 5_000), ...takes("1002", 6_000));
    expect(["e1001", "e1002", "e1003"].map((id) => handled({ ...call, offers: [] }, id))).toEqual([true, true, false]);
  });

  it("takes the result and a note, also after it ended by itself, and anew until a day after the call", () => {
    const lapsed = after(...takes("1001", 1_000), leaves("1001", 5_000), ended(5_000), over(65_000));
    expect(lapsed.disposition).toBe("not_given");
    const late = reportWrapUp(lapsed, "e1001", { disposition: "solved", note: "calls again" }, 70_000);
    expect(late.events).toEqual([{ type: "result_given", at: 70_000, employeeId: "e1001", disposition: "solved" }]);
    expect(late.state).toMatchObject({
      disposition: "solved",
      wrapUps: [{ employeeId: "e1001", disposition: "solved", note: "calls again", at: 70_000 }],
    });
    const anew = reportWrapUp(late.state, "e1001", { disposition: "other", note: "" }, 80_000).state;
    expect(anew).toMatchObject({ disposition: "other", wrapUps: [{ disposition: "other", note: "calls again" }] });
    const again = reportWrapUp(anew, "e1001", { disposition: "other", note: "" }, 90_000);
    expect([again.state, again.events]).toEqual([anew, []]);
    expect(reportWrapUp(anew, "e1001", { disposition: "other", note: "a word more" }, 90_000).events).toEqual([]);
    expect(code(() => reportWrapUp(anew, "e1001", { disposition: "x", note: "" }, 5_001 + DAY))).toBe("wrap_up_closed");
    expect(code(() => reportWrapUp(anew, "e1002", { disposition: "x", note: "" }, 90_000))).toBe("not_your_call");
  });

  it("has a result for each agent who had the call; the call's own is that of the last", () => {
    const call = after(...takes("1001", 1_000), leaves("1001", 5_000), ...takes("1002", 6_000), leaves("1002", 9_000), ended(9_000));
    const first = reportWrapUp(call, "e1001", { disposition: "wrong_queue", note: "" }, 9_500).state;
    expect([first.disposition, handsOf(first)]).toEqual(["", ["e1002"]]);
    const both = reportWrapUp(first, "e1002", { disposition: "solved", note: "" }, 10_000);
    expect(both.events.map(({ type }) => type)).toEqual(["wrap_up_ended"]);
    expect(both.state).toMatchObject({ disposition: "solved", state: "ended" });
    expect(both.state.wrapUps?.map(({ employeeId, disposition }) => [employeeId, disposition])).toEqual([
      ["e1001", "wrong_queue"],
      ["e1002", "solved"],
    ]);
  });

  it("has a result and a note for each time that the same agent had the call", () => {
    const once = after(...takes("1001", 1_000), leaves("1001", 5_000));
    const first = reportWrapUp(once, "e1001", { disposition: "wrong_queue", note: "wants sales" }, 5_500).state;
    const again = [...takes("1001", 6_000), leaves("1001", 9_000), ended(9_000)].reduce((call, step) => step(call).state, first);
    const said = (call: Call) => call.wrapUps?.map(({ disposition, note }) => [disposition, note]);
    const kept = [["wrong_queue", "wants sales"]];
    const second = reportWrapUp(again, "e1001", { disposition: "solved", note: "" }, 10_000).state;
    expect([second.disposition, said(second)]).toEqual(["solved", [...kept, ["solved", ""]]]);
    const anew = reportWrapUp(second, "e1001", { disposition: "other", note: "calls again" }, 11_000).state;
    expect(said(anew)).toEqual([...kept, ["other", "calls again"]]);
    // Also when the second one's limit has passed, and even if it is the same result.
    const late = reportWrapUp(over(70_000)(again).state, "e1001", { disposition: "wrong_queue", note: "" }, 80_000);
    expect(late.events).toMatchObject([{ type: "result_given", disposition: "wrong_queue" }]);
    expect(said(late.state)).toEqual([...kept, ["wrong_queue", ""]]);
  });

  it("can be made longer a minute at a time, never beyond ten minutes, and only by its agent while it lasts", () => {
    const wrapping = after(...takes("1001", 1_000), leaves("1001", 5_000));
    expect(code(() => extendWrapUp(wrapping, "e1002"))).toBe("wrap_up_over");
    expect(code(() => extendWrapUp(after(over(0)), "e1001"))).toBe("wrap_up_over");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), (times) => {
        let call = wrapping;
        let refused = 0;
        for (let n = 0; n < times; n++) {
          if (code(() => extendWrapUp(call, "e1001")) === "wrap_up_limit") refused++;
          else call = extendWrapUp(call, "e1001").state;
        }
        expect(wrapUpUntil(call, "e1001").until).toBe(5_000 + Math.min(600_000, 60_000 * (times + 1)));
        expect(refused).toBe(Math.max(0, times - 9));
      }),
    );
  });
});

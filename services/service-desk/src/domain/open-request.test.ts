import { describe, expect, it } from "@jest/globals";
import { at, given, HOUR, MINUTE, opened } from "./given.test-support.ts";
import { nextDueAt } from "./request-timers.ts";

const due = (openedAt: number, businessMs: number) => given(openedAt, { firstResponseMs: businessMs, resolutionMs: 0 }).targets[0]?.dueAt;

describe("a request that is opened", () => {
  it("belongs to the owner of the ladder's first level, who has not taken it yet", () => {
    const { state, events } = opened(at("2026-03-09 10:00"));
    expect(state).toMatchObject({ state: "new", ownerId: "lead", level: 1, priority: "normal", year: 2026 });
    expect(events).toEqual([
      {
        type: "opened",
        at: at("2026-03-09 10:00"),
        request: { type: "repair", priority: "normal", queueId: "repairs", ownerId: "lead", customerId: "c1", callId: "", surveyId: "" },
      },
    ]);
    expect(state.history.map(({ what, actor }) => [what, actor])).toEqual([["opened", "employee/agent"]]);
  });

  it("belongs to the queue's owner where there is no ladder", () => {
    const request = given(at("2026-03-09 10:00"), { ladder: [], firstResponseMs: 0, resolutionMs: 0 });
    expect(request).toMatchObject({ ownerId: "lead", level: 1, targets: [] });
    expect(nextDueAt(request)).toBeUndefined();
  });

  it("has its year in the zone of the calendar", () => {
    expect(given(Date.parse("2025-12-31T17:00:00Z")).year).toBe(2026);
  });
});

describe("targets count business time", () => {
  it("over the lunch break", () => {
    expect(due(at("2026-03-09 11:45"), 30 * MINUTE)).toBe(at("2026-03-09 13:45"));
  });

  it("over a make-up Saturday before the Spring Festival", () => {
    // Friday 17:30 and two hours: half an hour on Friday, the rest on Saturday 14 February, which is worked.
    expect(due(at("2026-02-13 17:30"), 2 * HOUR)).toBe(at("2026-02-14 10:30"));
  });

  it("over make-up Saturday and lunch break, into the first day after the festival", () => {
    // 14 February has 7.5 hours; the festival lasts until the 23rd.
    expect(due(at("2026-02-14 11:00"), 6 * HOUR)).toBe(at("2026-02-24 09:30"));
  });

  it("from the opening, also when nobody is there", () => {
    expect(due(at("2026-03-08 03:00"), HOUR)).toBe(at("2026-03-09 10:00"));
  });

  it("and so does the ladder, whose limits add up", () => {
    const { ladder } = given(at("2026-03-09 11:45"));
    expect(ladder).toEqual([
      { level: 1, ownerId: "lead", until: at("2026-03-09 13:45") },
      { level: 2, ownerId: "manager", until: at("2026-03-09 14:45") },
      { level: 3, ownerId: "director" },
    ]);
  });
});

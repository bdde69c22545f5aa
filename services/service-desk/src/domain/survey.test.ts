import { describe, expect, it } from "@jest/globals";
import { answer, expire, invite, isLow, recordSent, recordSuppressed, recordUnsent, shownState, surveyDueAt, withCase } from "./survey.ts";

const DAY = 86_400_000;
const start = Date.parse("2026-03-09T02:00:00Z");
const invited = invite({ id: "s1", requestId: "r1", customerId: "c1", employeeId: "li" }, start);
const sent = recordSent(invited.state, "m1", start + 1).state;

describe("a survey", () => {
  it("is announced when it is invited and when it is sent", () => {
    expect(invited.events).toEqual([{ type: "invited", at: start, requestId: "r1", customerId: "c1", employeeId: "li" }]);
    expect(recordSent(invited.state, "m1", start + 1).events).toEqual([{ type: "sent", at: start + 1, messageId: "m1" }]);
    expect(recordSent(sent, "m2", start + 2)).toEqual({ state: sent, events: [] });
  });

  it("is answered once, and the first answer counts", () => {
    const { state, events } = answer(sent, { score: 2, comment: "slow", at: start + DAY });
    expect(state).toMatchObject({ state: "answered", score: 2, comment: "slow", answeredAt: start + DAY });
    expect(events).toEqual([{ type: "answered", at: start + DAY, requestId: "r1", customerId: "c1", employeeId: "li", score: 2 }]);
    expect(answer(state, { score: 5, comment: "", at: start + 2 * DAY })).toEqual({ state, events: [] });
    expect(shownState(state, start + 100 * DAY)).toBe("answered");
  });

  it("ends after fourteen days", () => {
    const end = start + 14 * DAY;
    expect([shownState(sent, end - 1), shownState(sent, end)]).toEqual(["open", "expired"]);
    expect(() => answer(sent, { score: 5, comment: "", at: end })).toThrow(expect.objectContaining({ code: "survey_expired" }));
    expect(expire(sent, end - 1).state.state).toBe("sent");
    expect(expire(sent, end).state.state).toBe("expired");
    expect(surveyDueAt(sent)).toBe(end);
  });

  it("that was answered is not ended, sent or suppressed any more", () => {
    const answered = answer(invited.state, { score: 5, comment: "", at: start + 1 }).state;
    expect(
      [expire(answered, start + 99 * DAY), recordSent(answered, "m", start), recordSuppressed(answered, "cap", start)].map(
        ({ state }) => state,
      ),
    ).toEqual([answered, answered, answered]);
    expect(surveyDueAt(answered)).toBeUndefined();
  });

  it("that marketing refuses says why, also when it refuses after taking it", () => {
    expect(recordSuppressed(invited.state, "opted_out", start).events).toEqual([{ type: "suppressed", at: start, reason: "opted_out" }]);
    expect(recordSuppressed(sent, "quiet_hours", start).state).toMatchObject({ state: "suppressed", suppressedBy: "quiet_hours" });
  });

  it("that marketing does not take is tried again at growing distance, then given up with what was wrong", () => {
    let survey = invited.state;
    const waits: number[] = [];
    let time = start;
    while (survey.state === "invited") {
      time = surveyDueAt(survey) ?? 0;
      survey = recordUnsent(survey, "template_not_found", time).state;
      if (survey.sendAt) waits.push((survey.sendAt - time) / 60_000);
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(survey).toMatchObject({ state: "suppressed", suppressedBy: "template_not_found", attempts: 8 });
  });

  it("with one or two points is low", () => {
    expect([0, 1, 2, 3, 5].map(isLow)).toEqual([false, true, true, false, false]);
    expect(withCase(withCase(sent, "r2").state, "r3").state.caseRequestId).toBe("r2");
  });
});

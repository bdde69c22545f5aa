import { describe, expect, it } from "@jest/globals";
import { at, given, HOUR, MINUTE } from "./given.test-support.ts";
import { accept, addWorkOrder, assign, resolve } from "./handle-request.ts";
import { noteSurvey, type Request, relate, withHistory, withNumber } from "./request.ts";
import { fire, nextDueAt } from "./request-timers.ts";

const start = at("2026-03-09 10:00");
const by = "employee/li";
const types = (events: readonly { type: string }[]) => events.map(({ type }) => type);
const target = (request: Request, name: string) => request.targets.find((clock) => clock.target === name);

describe("assigning", () => {
  it("gives the request to a person and lets the ladder rest", () => {
    const { state, events } = assign(given(start), { ownerId: "wu", at: start + MINUTE, by });
    expect(state).toMatchObject({ state: "assigned", ownerId: "wu", actedAt: start + MINUTE });
    expect(events).toEqual([{ type: "assigned", at: start + MINUTE, ownerId: "wu" }]);
    expect(types(fire(state, start + 1_000 * HOUR).events)).not.toContain("escalated");
  });

  it("is no first response", () => {
    expect(target(assign(given(start), { ownerId: "wu", at: start, by }).state, "first_response")?.metAt).toBeUndefined();
  });

  it("to the one who has it already changes nothing", () => {
    const assigned = assign(given(start), { ownerId: "wu", at: start, by }).state;
    expect(assign(assigned, { ownerId: "wu", at: start + MINUTE, by })).toEqual({ state: assigned, events: [] });
  });

  it("to the one whom the ladder made responsible is still an action", () => {
    expect(assign(given(start), { ownerId: "lead", at: start, by }).state).toMatchObject({ state: "assigned", actedAt: start });
  });

  it("takes a request in progress away from its owner", () => {
    const accepted = accept(given(start), { employeeId: "li", at: start, by }).state;
    expect(assign(accepted, { ownerId: "wu", at: start + 1, by }).state).toMatchObject({
      state: "assigned",
      ownerId: "wu",
      actedAt: start,
    });
  });

  it("of a resolved request is refused", () => {
    const resolved = resolve(given(start), { employeeId: "li", resolution: "done", at: start, by }).state;
    expect(() => assign(resolved, { ownerId: "wu", at: start, by })).toThrow(
      expect.objectContaining({ kind: "rule_violated", code: "request_closed" }),
    );
  });
});

describe("accepting", () => {
  it("is the first response, and makes whoever accepts the owner", () => {
    const { state, events } = accept(given(start), { employeeId: "li", at: start + MINUTE, by });
    expect(state).toMatchObject({ state: "in_progress", ownerId: "li" });
    expect(target(state, "first_response")).toMatchObject({ metAt: start + MINUTE, missed: false });
    expect(events).toEqual([{ type: "accepted", at: start + MINUTE, ownerId: "li" }]);
  });

  it("by somebody else than the assigned person is refused", () => {
    const assigned = assign(given(start), { ownerId: "wu", at: start, by }).state;
    expect(() => accept(assigned, { employeeId: "li", at: start, by })).toThrow(
      expect.objectContaining({ code: "request_owned_by_other" }),
    );
  });

  it("twice changes nothing", () => {
    const accepted = accept(given(start), { employeeId: "li", at: start, by }).state;
    expect(accept(accepted, { employeeId: "li", at: start + 1, by }).events).toEqual([]);
  });

  it("after a limit that no timer has noticed yet escalates first", () => {
    const { state, events } = accept(given(start), { employeeId: "li", at: start + 31 * MINUTE, by });
    expect(types(events)).toEqual(["escalated", "accepted"]);
    expect(state).toMatchObject({ level: 2, ownerId: "li", state: "in_progress" });
  });

  it("at the very instant at which the target is due is too late", () => {
    const dueAt = target(given(start), "first_response")?.dueAt ?? 0;
    expect(target(accept(given(start), { employeeId: "li", at: dueAt, by }).state, "first_response")).toMatchObject({
      missed: true,
      metAt: dueAt,
    });
    expect(target(accept(given(start), { employeeId: "li", at: dueAt - 1, by }).state, "first_response")).toMatchObject({
      missed: false,
      metAt: dueAt - 1,
    });
  });
});

describe("resolving", () => {
  it("ends all clocks and keeps what was found", () => {
    const accepted = accept(given(start), { employeeId: "li", at: start, by }).state;
    const { state, events } = resolve(accepted, { employeeId: "li", resolution: "new seal", at: start + HOUR, by });
    expect(state).toMatchObject({ state: "resolved", resolvedAt: start + HOUR, resolution: "new seal", ownerId: "li" });
    expect(events).toEqual([{ type: "resolved", at: start + HOUR, ownerId: "li", customerId: "c1", requestType: "repair" }]);
    expect(nextDueAt(state)).toBeUndefined();
    expect(fire(state, start + 1_000 * HOUR)).toEqual({ state, events: [] });
  });

  it("on the spot is first response and solution in one, by whoever solved it", () => {
    const { state } = resolve(given(start), { employeeId: "li", resolution: "told how", at: start + 1, by });
    expect(state.ownerId).toBe("li");
    expect(state.targets.map(({ metAt }) => metAt)).toEqual([start + 1, start + 1]);
  });

  it("by the end of a visit leaves the owner", () => {
    expect(resolve(given(start), { employeeId: "", resolution: "visited", at: start, by }).state.ownerId).toBe("lead");
  });
});

describe("work orders, relations, numbers", () => {
  it("a work order is named once and counts as action", () => {
    const added = addWorkOrder(given(start), { workOrderId: "w1", at: start, by });
    expect(added.state).toMatchObject({ workOrderIds: ["w1"], actedAt: start });
    expect(types(added.events)).toEqual(["workOrderAdded"]);
    expect(addWorkOrder(added.state, { workOrderId: "w1", at: start + 1, by })).toEqual({ state: added.state, events: [] });
  });

  it("a related request is named once, and never itself", () => {
    const related = relate(relate(given(start), "r2").state, "r2").state;
    expect(relate(related, "r1").state.relatedRequestIds).toEqual(["r2"]);
  });

  it("a survey's answer stands in the history once, with the request that it opened", () => {
    const answer = { score: 2, caseRequestId: "r9", at: start + 1, by: "service/service-desk" };
    const noted = noteSurvey(noteSurvey(given(start), answer).state, answer).state;
    expect(noted.history.filter(({ what }) => what === "survey_answered")).toMatchObject([{ reason: "score_2_of_5" }]);
    expect(noted.relatedRequestIds).toEqual(["r9"]);
  });

  it("the first number stays", () => {
    expect(withNumber(withNumber(given(start), "2026-000001").state, "2026-000002").state.number).toBe("2026-000001");
  });

  it("the history keeps the opening and the last 199 entries", () => {
    let request = given(start);
    for (let n = 0; n < 300; n++) request = withHistory(request, { at: start + n, what: "assigned", actor: by, reason: `${n}` });
    expect(request.history).toHaveLength(200);
    expect(request.history[0]?.what).toBe("opened");
    expect(request.history.at(-1)?.reason).toBe("299");
  });
});

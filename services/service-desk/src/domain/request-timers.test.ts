import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { always, at, given, HOUR, MINUTE } from "./given.test-support.ts";
import { accept, assign } from "./handle-request.ts";
import { openRequest } from "./open-request.ts";
import type { Request } from "./request.ts";
import { fire, nextDueAt } from "./request-timers.ts";

const start = at("2026-03-09 10:00");

describe("the ladder", () => {
  it("moves to the next level when nobody has acted in time, with the reason and the new owner", () => {
    const { state, events } = fire(given(start), start + 30 * MINUTE);
    expect(state).toMatchObject({ level: 2, ownerId: "manager", state: "new" });
    expect(events).toEqual([
      { type: "escalated", at: start + 30 * MINUTE, fromLevel: 1, toLevel: 2, ownerId: "manager", reason: "no_action_in_time" },
    ]);
    expect(state.history.at(-1)).toEqual({
      at: start + 30 * MINUTE,
      what: "escalated",
      actor: "service/service-desk",
      reason: "no_action_in_time",
      level: 2,
      ownerId: "manager",
    });
  });

  it("does nothing a millisecond before", () => {
    expect(fire(given(start), start + 30 * MINUTE - 1).events).toEqual([]);
  });

  it("climbs several levels when it is looked at late, each at its own time", () => {
    const { state, events } = fire(given(start, { firstResponseMs: 0, resolutionMs: 0 }), at("2026-03-20 09:00"));
    expect(events.map((event) => event.type === "escalated" && [event.toLevel, event.at])).toEqual([
      [2, at("2026-03-09 10:30")],
      [3, at("2026-03-09 11:30")],
    ]);
    expect(state.ownerId).toBe("director");
  });

  it("leaves the last level's owner alone", () => {
    const last = fire(given(start, { firstResponseMs: 0, resolutionMs: 0 }), at("2026-03-09 11:30")).state;
    expect(nextDueAt(last)).toBeUndefined();
  });

  it("and the targets fire in the order in which they were due", () => {
    const { events } = fire(given(start, { firstResponseMs: 45 * MINUTE }), at("2026-03-09 12:00"));
    expect(events.map(({ type }) => type)).toEqual(["escalated", "targetMissed", "escalated"]);
  });

  it("waits through lunch", () => {
    expect(nextDueAt(given(at("2026-03-09 11:50")))).toBe(at("2026-03-09 13:50"));
  });
});

/** Any ladder and targets, on a calendar without closed time. */
const anyRequest = fc
  .record({
    limits: fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 10 }),
    firstResponseMs: fc.integer({ min: 0, max: 20_000 }),
    resolutionMs: fc.integer({ min: 0, max: 40_000 }),
  })
  .map(({ limits, ...targets }) => {
    const ladder = limits.map((limitMs, index) => ({ level: index + 1, limitMs, ownerId: `owner${index + 1}` }));
    const input = { id: "r", type: "repair", priority: "", subject: "s", description: "", customerId: "", callId: "" };
    return openRequest(input, { id: "q", name: "q", ownerId: "owner1", calendarId: "c", ladder, ...targets }, always, {
      at: 0,
      by: "employee/1",
    }).state;
  });
const instant = fc.integer({ min: 0, max: 60_000 });

describe("whatever the ladder and the targets", () => {
  it("firing twice is firing once", () => {
    fc.assert(
      fc.property(anyRequest, instant, (request, time) => {
        const once = fire(request, time).state;
        expect(fire(once, time)).toEqual({ state: once, events: [] });
      }),
    );
  });

  it("firing late in one go is firing in steps", () => {
    fc.assert(
      fc.property(anyRequest, fc.array(instant, { minLength: 1, maxLength: 20 }), (request, times) => {
        const sorted = [...times].sort((a, b) => a - b);
        let stepped: Request = request;
        const events: unknown[] = [];
        for (const time of sorted) {
          const decision = fire(stepped, time);
          stepped = decision.state;
          events.push(...decision.events);
        }
        expect({ state: stepped, events }).toEqual(fire(request, sorted.at(-1) ?? 0));
      }),
    );
  });

  it("no level is skipped, each owner is the level's own, and no target is missed twice", () => {
    fc.assert(
      fc.property(anyRequest, instant, (request, time) => {
        const { state, events } = fire(request, time);
        const climbed = events.filter((event) => event.type === "escalated");
        climbed.forEach((event, index) => {
          expect([event.fromLevel, event.toLevel, event.ownerId]).toEqual([index + 1, index + 2, `owner${index + 2}`]);
        });
        expect(state.level).toBe(1 + climbed.length);
        const missed = events.flatMap((event) => (event.type === "targetMissed" ? [event.target] : []));
        expect(new Set(missed).size).toBe(missed.length);
        expect(events.map((event) => event.at)).toEqual(events.map((event) => event.at).sort((a, b) => a - b));
      }),
    );
  });

  it("nothing is due any more that was due by then, and what is due next lies ahead", () => {
    fc.assert(
      fc.property(anyRequest, instant, (request, time) => {
        expect(nextDueAt(fire(request, time).state) ?? time + 1).toBeGreaterThan(time);
      }),
    );
  });

  it("after somebody has acted it never escalates", () => {
    const act = fc.constantFrom("accept" as const, "assign" as const);
    fc.assert(
      fc.property(anyRequest, act, instant, instant, (request, kind, actedAt, later) => {
        const by = "employee/9";
        const acted =
          kind === "accept" ? accept(request, { employeeId: "9", at: actedAt, by }) : assign(request, { ownerId: "9", at: actedAt, by });
        const after = fire(acted.state, actedAt + later);
        expect(after.events.filter(({ type }) => type === "escalated")).toEqual([]);
        expect(after.state.ownerId).toBe("9");
      }),
    );
  });

  it("an action comes out the same whether the timer fired before it or not", () => {
    fc.assert(
      fc.property(anyRequest, instant, instant, (request, actedAt, early) => {
        const fired = fire(request, Math.min(early, actedAt)).state;
        const act = { employeeId: "9", at: actedAt, by: "employee/9" };
        expect(accept(fired, act).state).toEqual(accept(request, act).state);
      }),
    );
  });
});

it("a ladder of seconds works as one of hours", () => {
  const request = given(start, {
    ladder: [
      { level: 1, limitMs: 2_000, ownerId: "a" },
      { level: 2, limitMs: 2_000, ownerId: "b" },
    ],
    firstResponseMs: HOUR,
  });
  expect(fire(request, start + 2_000).state).toMatchObject({ level: 2, ownerId: "b" });
});

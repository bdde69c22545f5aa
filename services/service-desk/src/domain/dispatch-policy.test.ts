import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { rankEngineers, tieBrokenBy, toCandidate } from "./dispatch-policy.ts";
import { distanceKm } from "./distance.ts";
import { engineer, job, rejected, team } from "./engineers.test-support.ts";
import { at } from "./given.test-support.ts";

const ranking = rankEngineers(job({ rejections: rejected }), team);
const failed = (id: string) => ranking.ranked.find((one) => one.id === id)?.failed;
const candidate = (id: string) => toCandidate(ranking.ranked.find((one) => one.id === id) ?? (undefined as never));
const alone = (change: Parameters<typeof engineer>[1], work = job()) => rankEngineers(work, [engineer("x", change)]).ranked[0];

describe("a dispatch among twenty-two engineers", () => {
  it("holds every one of them against every rule, and keeps what each failed", () => {
    expect(ranking.ranked).toHaveLength(22);
    expect(
      Object.fromEntries(ranking.ranked.filter(({ eligible }) => !eligible).map(({ id, failed: rules }) => [id, rules.join()])),
    ).toEqual({
      e01: "active",
      e02: "skill",
      e03: "skill",
      e04: "territory",
      e05: "territory",
      e06: "working_hours",
      e07: "working_hours",
      e08: "capacity",
      e09: "capacity",
      e21: "active,territory,capacity",
      e22: "not_rejected",
    });
    for (const { rules, factors } of ranking.ranked) expect([rules.length, factors.length]).toEqual([6, 3]);
  });

  it("sends the best, who is not the first in the list", () => {
    expect(ranking.winner?.id).toBe("e17");
  });

  it("says what was needed and what was there", () => {
    expect(candidate("e02").rules.find(({ rule }) => rule === "skill")).toEqual({
      rule: "skill",
      passed: false,
      need: "chiller, electric",
      have: "chiller 5",
    });
    expect(candidate("e08").rules.find(({ rule }) => rule === "capacity")).toEqual({
      rule: "capacity",
      passed: false,
      need: "fewer than 4 visits",
      have: "4 visits",
    });
    expect(candidate("e06").rules.find(({ rule }) => rule === "working_hours")).toEqual({
      rule: "working_hours",
      passed: false,
      need: "120 minutes at work",
      have: "0 minutes at work",
    });
  });

  it("gives points that add up to the score", () => {
    for (const { factors, score } of ranking.ranked.map(toCandidate)) {
      expect(factors.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 4);
      expect(factors.map(({ factor }) => factor)).toEqual(["skill_level", "distance", "workload"]);
    }
  });

  it("breaks a tie by the id and says so", () => {
    expect(ranking.ranked.slice(1, 3).map(({ id }) => id)).toEqual(["e16", "e18"]);
    expect(tieBrokenBy(ranking, "e16")).toBe("id");
    expect(tieBrokenBy(ranking, "e17")).toBe("");
  });

  it("does not depend on the order of the list", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...team], { minLength: team.length }), (shuffled) => {
        expect(rankEngineers(job({ rejections: rejected }), shuffled)).toEqual(ranking);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a rule", () => {
  it("territory covers every region that begins with its code", () => {
    expect(alone({ territories: ["31"] })?.eligible).toBe(true);
    expect(alone({ territories: ["3101041"] })?.failed).toEqual(["territory"]);
    expect(alone({ territories: [""] })?.failed).toEqual(["territory"]);
  });

  it("working hours hold the whole window, lunch break included", () => {
    const through = job({ windowFrom: at("2026-03-09 11:00"), windowTo: at("2026-03-09 14:00") });
    expect(alone({}, through)?.failed).toEqual(["working_hours"]);
    const saturday = job({ windowFrom: at("2026-02-14 09:00"), windowTo: at("2026-02-14 12:00") });
    expect(alone({}, saturday)?.failed).toEqual([]);
  });

  it("skill asks for each one, and a visit without any asks for none", () => {
    expect(alone({ skills: {} }, job({ requiredSkills: [] }))?.eligible).toBe(true);
    expect(failed("e03")).toEqual(["skill"]);
  });

  it("capacity has no room at the limit and room just below it", () => {
    expect(alone({ visits: 4, dailyCapacity: 4 })?.failed).toEqual(["capacity"]);
    expect(alone({ visits: 3, dailyCapacity: 4 })?.failed).toEqual([]);
  });
});

describe("a factor", () => {
  const grade = (change: Parameters<typeof engineer>[1], factor: string) =>
    alone(change)?.factors.find(({ code }) => code === factor)?.grade;

  it("distance falls from 100 at the door to 0 at fifty kilometres and stays there", () => {
    expect(grade({ base: { latitude: 31.19, longitude: 121.43 } }, "distance")).toBe(100);
    expect(grade({ base: { latitude: 31.19 + 25 / 111.19, longitude: 121.43 } }, "distance")).toBeCloseTo(50, 0);
    expect(grade({ base: { latitude: 39.9, longitude: 116.4 } }, "distance")).toBe(0);
    expect(grade({ base: undefined }, "distance")).toBe(0);
  });

  it("skill level is the mean over what is needed", () => {
    expect(grade({ skills: { chiller: 5, electric: 3, lift: 1 } }, "skill_level")).toBe(80);
  });

  it("workload is best on an empty day", () => {
    expect([
      grade({ visits: 0 }, "workload"),
      grade({ visits: 2 }, "workload"),
      grade({ visits: 0, dailyCapacity: 0 }, "workload"),
    ]).toEqual([100, 50, 0]);
  });
});

it("kilometres between Shanghai and Beijing are about 1,067", () => {
  expect(distanceKm({ latitude: 31.2304, longitude: 121.4737 }, { latitude: 39.9042, longitude: 116.4074 })).toBeCloseTo(1_067, -1);
});

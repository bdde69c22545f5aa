import { describe, expect, it } from "@jest/globals";
import { checkPolicy, linear, type Policy, score } from "./index.ts";

type Engineer = { id: string; skills: string[]; km: number; rating: number; today: number };
type Job = { skill: string; maxKm: number };

const dispatch: Policy<Engineer, Job> = {
  id: (engineer) => engineer.id,
  rules: [
    {
      code: "has_skill",
      check: ({ skill }, { skills }) => ({
        pass: skills.includes(skill),
        params: { need: skill, have: skills.join() },
      }),
    },
    { code: "in_reach", check: ({ maxKm }, { km }) => ({ pass: km <= maxKm, params: { need: maxKm, have: km } }) },
  ],
  factors: [
    {
      code: "distance",
      weight: 60,
      grade: ({ maxKm }, { km }) => ({ grade: linear(km, maxKm, 0), reason: "km", params: { km } }),
    },
    { code: "rating", weight: 20, grade: (_job, { rating }) => ({ grade: linear(rating, 1, 5), reason: "stars" }) },
  ],
  tieBreaks: [{ code: "fewest_today", value: ({ today }) => today }],
};
const job: Job = { skill: "chiller", maxKm: 40 };
const engineer = (id: string, change: Partial<Engineer> = {}): Engineer => ({
  id,
  skills: ["chiller"],
  km: 10,
  rating: 5,
  today: 0,
  ...change,
});
const ids = (engineers: Engineer[]) => score(job, engineers, dispatch).ranked.map(({ id }) => id);

describe("ranking", () => {
  it("keeps every verdict and every point with its reason", () => {
    const ranking = score(job, [engineer("lin", { km: 20 }), engineer("chen", { rating: 3 })], dispatch);
    expect(ranking.winner).toEqual({
      id: "chen",
      candidate: engineer("chen", { rating: 3 }),
      rank: 1,
      eligible: true,
      score: 68.75, // 0.75 * 75 + 0.25 * 50
      rules: [
        { code: "has_skill", pass: true, params: { need: "chiller", have: "chiller" } },
        { code: "in_reach", pass: true, params: { need: 40, have: 10 } },
      ],
      failed: [],
      factors: [
        { code: "distance", grade: 75, weight: 60, points: 56.25, reason: "km", params: { km: 10 } },
        { code: "rating", grade: 50, weight: 20, points: 12.5, reason: "stars" },
      ],
    });
    expect(ranking.ranked[1]).toMatchObject({ id: "lin", rank: 2, score: 62.5 });
  });

  it("puts who fails a hard rule last, without a rank, with all failed rules and still with points", () => {
    const best = engineer("best", { km: 0, skills: [] });
    const ranking = score(
      job,
      [best, engineer("far", { km: 99, skills: [], rating: 1 }), engineer("weak", { km: 40, rating: 1 })],
      dispatch,
    );
    expect(ranking.ranked.map(({ id, rank, failed, score }) => ({ id, rank, failed, score }))).toEqual([
      { id: "weak", rank: 1, failed: [], score: 0 },
      { id: "best", rank: null, failed: ["has_skill"], score: 100 },
      { id: "far", rank: null, failed: ["has_skill", "in_reach"], score: 0 },
    ]);
    expect(ranking.eligible).toBe(1);
  });

  it("has no winner when nobody is eligible, and none without candidates", () => {
    expect(score(job, [engineer("a", { skills: [] })], dispatch)).toMatchObject({
      winner: null,
      eligible: 0,
      ties: [],
    });
    expect(score(job, [], dispatch)).toEqual({ ranked: [], winner: null, eligible: 0, ties: [] });
  });

  it("a perfect candidate has exactly 100, whatever the weights", () => {
    const thirds = [1, 1, 1].map((weight, i) => ({
      code: `f${i}`,
      weight,
      grade: () => ({ grade: 100, reason: "full" }),
    }));
    expect(score(job, [engineer("a")], { ...dispatch, factors: thirds }).winner?.score).toBe(100);
  });
});

describe("ties", () => {
  it("are broken by the stated rule, then by id, and the ranking says by which", () => {
    const busy = engineer("a", { today: 3 });
    const ranking = score(job, [busy, engineer("c"), engineer("b"), engineer("z", { km: 0 })], dispatch);
    expect(ranking.ranked.map(({ id }) => id)).toEqual(["z", "b", "c", "a"]);
    expect(ranking.ties).toEqual([{ score: 81.25, ids: ["b", "c", "a"], decidedBy: ["id", "fewest_today"] }]);
  });

  it("are not decided by the noise of floating point", () => {
    const grades: Record<string, number[]> = { a: [50, 50, 50], b: [100, 0, 50], c: [0, 70, 80] };
    const factors = [0, 1, 2].map((i) => ({
      code: `f${i}`,
      weight: 0.1,
      grade: (_job: Job, { id }: Engineer) => ({ grade: grades[id]?.[i] ?? 0, reason: "given" }),
    }));
    const { ties } = score(
      job,
      ["c", "b", "a"].map((id) => engineer(id)),
      { ...dispatch, factors },
    );
    expect(ties).toEqual([{ score: 50, ids: ["a", "b", "c"], decidedBy: ["id", "id"] }]);
  });

  it("are not made or broken by the unit of the weights where points fall between two roundings", () => {
    const parts128 = (unit: number) =>
      [1, 3, 124].map((weight, i) => ({
        code: `f${i}`,
        weight: weight * unit,
        grade: (_job: Job, { km }: Engineer) => ({ grade: [km, 1, 0][i] ?? 0, reason: "given" }),
      }));
    const scores = [1, 0.1, 0.3, 0.7, 1.1, 1 / 3].map((unit) => {
      const engineers = [1, 2, 3, 5, 7, 11, 13].map((km) => engineer(`km${km}`, { km }));
      return score(job, engineers, { ...dispatch, factors: parts128(unit) }).ranked.map((one) => [
        one.score,
        ...one.factors.map((factor) => factor.points),
      ]);
    });
    expect(scores).toEqual(scores.map(() => scores[0]));
  });

  it("among the ineligible, or between them and the eligible, are no ties", () => {
    const ranking = score(job, [engineer("a"), engineer("b", { skills: [] }), engineer("c", { skills: [] })], dispatch);
    expect(ranking.ties).toEqual([]);
    expect(ids([engineer("c", { skills: [] }), engineer("b", { skills: [] }), engineer("a")])).toEqual(["a", "b", "c"]);
  });

  it("may be broken by text, in the order of its code units", () => {
    const policy = { ...dispatch, tieBreaks: [{ code: "team", value: ({ skills }: Engineer) => skills[1] ?? "" }] };
    const team = (id: string, name: string) => engineer(id, { skills: ["chiller", name] });
    expect(score(job, [team("1", "b"), team("2", "a"), team("3", "Z")], policy).ranked.map(({ id }) => id)).toEqual(["3", "2", "1"]);
  });
});

describe("refusals", () => {
  const refused = (code: string, message: RegExp, policy: Policy<Engineer, Job>, engineers = [engineer("a"), engineer("b")]) => {
    const run = () => score(job, engineers, policy);
    expect(run).toThrow(expect.objectContaining({ kind: "invalid", code }));
    expect(run).toThrow(message);
  };

  it("a grade that is no number from 0 to 100 names the factor and the candidate", () => {
    for (const grade of [Number.NaN, -0.1, 100.1, Number.POSITIVE_INFINITY]) {
      const factors = [{ code: "mood", weight: 1, grade: () => ({ grade, reason: "x" }) }];
      refused("matching_grade_invalid", /Factor "mood" graded candidate a /, { ...dispatch, factors });
    }
  });

  it("an id given twice", () => {
    refused("matching_candidate_duplicate", /id a/, dispatch, [engineer("a"), engineer("a", { km: 1 })]);
  });

  it("a tie break that gives no order", () => {
    const value =
      (values: Record<string, number | string>) =>
      ({ id }: Engineer) =>
        values[id] ?? 0;
    const tieBreak = (values: Record<string, number | string>) => ({
      ...dispatch,
      tieBreaks: [{ code: "odd", value: value(values) }],
    });
    refused("matching_tie_break_invalid", /"odd" gave NaN for candidate b/, tieBreak({ a: 1, b: Number.NaN }));
    refused("matching_tie_break_invalid", /"odd" gave x for candidate b/, tieBreak({ a: 1, b: "x" }));
  });

  it("a policy with negative or no weights, or codes used twice", () => {
    const [factor] = dispatch.factors;
    if (factor === undefined) throw new Error("the policy has factors");
    const factors = (...weights: number[]) => weights.map((weight, i) => ({ ...factor, code: `f${i}`, weight }));
    expect(checkPolicy(dispatch)).toEqual([]);
    expect(checkPolicy({ ...dispatch, factors: factors(0, 1) })).toEqual([]);
    expect(checkPolicy({ ...dispatch, factors: factors(0, 0) })).toEqual([
      "the weights sum to 0: give at least one factor a weight above 0",
    ]);
    expect(checkPolicy({ ...dispatch, factors: [] })).toHaveLength(1);
    expect(checkPolicy({ ...dispatch, factors: factors(2, -1) })).toEqual(['factor "f1" has weight -1: give a number, 0 or more']);
    expect(checkPolicy({ ...dispatch, factors: factors(1, Number.NaN) })).toHaveLength(1);
    expect(checkPolicy({ ...dispatch, factors: factors(1e308, 1e308) })).toHaveLength(1);
    expect(checkPolicy({ ...dispatch, tieBreaks: [{ code: "distance", value: () => 0 }] })).toEqual([
      'code "distance" is taken: rules, factors and tie breaks need distinct codes, "id" is reserved',
    ]);
    expect(checkPolicy({ ...dispatch, tieBreaks: [{ code: "id", value: () => 0 }] })).toHaveLength(1);
    expect(checkPolicy({ ...dispatch, tieBreaks: [{ code: "Fewest Today", value: () => 0 }] })).toHaveLength(1);
    refused("matching_policy_invalid", /weights sum to 0/, { ...dispatch, factors: [] });
  });
});

describe("linear", () => {
  it("grades between worst and best in either direction and stays within 0 and 100", () => {
    expect([-1, 0, 3, 10, 11].map((value) => linear(value, 0, 10))).toEqual([0, 0, 30, 100, 100]);
    expect([50, 40, 10, 0, -5].map((value) => linear(value, 40, 0))).toEqual([0, 0, 75, 100, 100]);
    expect(linear(Number.POSITIVE_INFINITY, 40, 0)).toBe(0);
  });

  it("has no grade for no number or for a range without width", () => {
    const { NaN: none, POSITIVE_INFINITY: endless } = Number;
    expect([linear(none, 0, 1), linear(1, 5, 5), linear(1, 0, endless), linear(1, none, 2)]).toEqual([none, none, none, none]);
  });
});

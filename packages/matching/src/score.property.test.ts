import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type Policy, type Ranking, score } from "./index.ts";

type Candidate = { id: string; passes: boolean[]; grades: number[]; today: number };
type Weights = readonly number[];

const [RULES, FACTORS] = [2, 3];

const policyOf = (weights: Weights): Policy<Candidate, null> => ({
  id: ({ id }) => id,
  rules: Array.from({ length: RULES }, (_, i) => ({
    code: `rule_${i}`,
    check: (_work, { passes }) => ({ pass: passes[i] === true }),
  })),
  factors: weights.map((weight, i) => ({
    code: `factor_${i}`,
    weight,
    grade: (_work, { grades }) => ({ grade: grades[i] ?? 0, reason: "given" }),
  })),
  tieBreaks: [{ code: "fewest_today", value: ({ today }) => today }],
});

/** Round grades meet often, so that ties are common; fine ones look for noise. */
const grade = fc.oneof(
  fc.integer({ min: 0, max: 10 }).map((n) => n * 10),
  fc.double({ min: 0, max: 100, noNaN: true }),
);
const candidate: fc.Arbitrary<Candidate> = fc.record({
  id: fc.string({ maxLength: 3 }),
  passes: fc.array(fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.boolean()), {
    minLength: RULES,
    maxLength: RULES,
  }),
  grades: fc.array(grade, { minLength: FACTORS, maxLength: FACTORS }),
  today: fc.nat(2),
});
const candidates = fc.uniqueArray(candidate, { selector: ({ id }) => id, minLength: 1, maxLength: 25 });
const weights = fc
  .array(fc.integer({ min: 0, max: 128 }), { minLength: FACTORS, maxLength: FACTORS })
  .filter((all) => all.some((weight) => weight > 0));
const shuffled = candidates.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })));

const run = (all: readonly Candidate[], weights: Weights) => score(null, all, policyOf(weights));
const order = ({ ranked }: Ranking<Candidate>) => ranked.map(({ id }) => id);

describe("laws of the scorer", () => {
  it("the order of the input changes nothing in the ranking", () => {
    fc.assert(fc.property(shuffled, weights, ([all, mixed], w) => expect(run(mixed, w)).toEqual(run(all, w))));
  });

  it("every candidate appears exactly once, the eligible first and ranked from 1 without a gap", () => {
    fc.assert(
      fc.property(candidates, weights, (all, w) => {
        const { ranked, eligible } = run(all, w);
        expect(ranked.map(({ candidate }) => candidate).sort(byId)).toEqual([...all].sort(byId));
        expect(ranked.map(({ rank }) => rank)).toEqual(ranked.map((_, i) => (i < eligible ? i + 1 : null)));
        expect(eligible).toBe(all.filter(({ passes }) => passes.every(Boolean)).length);
        for (const { candidate, failed } of ranked) {
          expect(failed).toEqual(candidate.passes.flatMap((pass, i) => (pass ? [] : [`rule_${i}`])));
        }
      }),
    );
  });

  it("a higher grade in one factor never lowers a candidate's place", () => {
    fc.assert(
      fc.property(candidates, weights, fc.nat(), fc.nat(FACTORS - 1), grade, (all, w, pick, factor, other) => {
        const raised = all[pick % all.length] as Candidate;
        const better = { ...raised, grades: raised.grades.map((g, i) => (i === factor ? Math.max(g, other) : g)) };
        const after = all.map((one) => (one === raised ? better : one));
        expect(order(run(after, w)).indexOf(raised.id)).toBeLessThanOrEqual(order(run(all, w)).indexOf(raised.id));
      }),
    );
  });

  it("only the proportion of the weights counts: order, scores, points and ties stay when all are scaled", () => {
    const scale = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }));
    fc.assert(
      fc.property(candidates, weights, scale, (all, w, by) => {
        const [plain, scaled] = [
          run(all, w),
          run(
            all,
            w.map((weight) => weight * by),
          ),
        ];
        expect(order(scaled)).toEqual(order(plain));
        expect(scaled.ties).toEqual(plain.ties);
        expect(scaled.ranked.map(points)).toEqual(plain.ranked.map(points));
      }),
    );
  });

  it("scores fall down the ranking, and equal neighbours stand in a tie with what decided it", () => {
    fc.assert(
      fc.property(candidates, weights, (all, w) => {
        const { ranked, eligible, ties } = run(all, w);
        const found = ties.flatMap(({ ids, decidedBy }) => decidedBy.map((code, i) => [ids[i], ids[i + 1], code]));
        const expected = ranked.slice(0, eligible).flatMap((lower, i) => {
          const upper = ranked[i - 1];
          if (upper === undefined) return [];
          expect(upper.score).toBeGreaterThanOrEqual(lower.score);
          if (upper.score > lower.score) return [];
          const [u, l] = [upper.candidate.today, lower.candidate.today];
          expect(u < l || (u === l && upper.id < lower.id)).toBe(true);
          return [[upper.id, lower.id, u < l ? "fewest_today" : "id"]];
        });
        expect(found).toEqual(expected);
      }),
    );
  });

  it("the score is the weighted mean of the grades", () => {
    fc.assert(
      fc.property(candidates, weights, (all, w) => {
        const total = w.reduce((sum, weight) => sum + weight);
        for (const { score, candidate, factors } of run(all, w).ranked) {
          expect(score).toBeCloseTo(w.reduce((sum, weight, i) => sum + weight * (candidate.grades[i] ?? 0), 0) / total, 5);
          expect(factors.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 5);
        }
      }),
    );
  });
});

function points({ score, factors }: Ranking<Candidate>["ranked"][number]): readonly number[] {
  return [score, ...factors.map((factor) => factor.points)];
}

function byId(a: Candidate, b: Candidate): number {
  return a.id < b.id ? -1 : 1;
}

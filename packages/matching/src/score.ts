import { DomainError } from "@trunkline/errors";
import { checkPolicy, type Grade, ID_TIE_BREAK, type Policy, type TieBreak, totalWeight } from "./policy.ts";
import type { FactorResult, Ranked, Ranking, RuleResult, Tie } from "./ranking.ts";

/** A candidate while it is sorted: its values of the tie breaks stand beside it. */
type Entry<C> = { readonly result: Ranked<C>; readonly keys: readonly (number | string)[] };

/**
 * Ranks candidates for a piece of work: all hard rules and all factors are asked about everyone and kept. Eligible ones
 * come first, then the higher score, then the tie breaks, then the lower id; the order of the input never matters.
 * Pure: equal input gives an equal ranking, so it may be stored as the reason of a decision.
 * @throws DomainError invalid `matching_policy_invalid`, `matching_grade_invalid` (names the factor),
 *   `matching_tie_break_invalid`, `matching_candidate_duplicate`
 */
export function score<C, W>(work: W, candidates: readonly C[], policy: Policy<C, W>): Ranking<C> {
  const problems = checkPolicy(policy);
  if (problems.length > 0) throw invalid("matching_policy_invalid", `The policy cannot be used: ${problems.join("; ")}`);
  const total = totalWeight(policy);
  const tieBreaks = policy.tieBreaks ?? [];
  const entries: Entry<C>[] = candidates.map((candidate) => ({
    result: judge(work, candidate, policy, total),
    keys: tieBreaks.map((tieBreak) => tieBreak.value(candidate)),
  }));
  checkIds(entries);
  checkKeys(entries, tieBreaks);
  entries.sort(compare);
  return toRanking(entries, tieBreaks);
}

function judge<C, W>(work: W, candidate: C, policy: Policy<C, W>, total: number): Ranked<C> {
  const id = policy.id(candidate);
  const rules: RuleResult[] = [];
  const failed: string[] = [];
  for (const { code, check } of policy.rules) {
    const { pass, params } = check(work, candidate);
    rules.push(params === undefined ? { code, pass } : { code, pass, params });
    if (!pass) failed.push(code);
  }
  const factors: FactorResult[] = [];
  let sum = 0;
  for (const { code, weight, grade: ask } of policy.factors) {
    const { grade, reason, params } = inRange(ask(work, candidate), code, id);
    const exact = grade * (weight / total);
    const points = sixDecimals(exact);
    factors.push(params === undefined ? { code, grade, weight, points, reason } : { code, grade, weight, points, reason, params });
    sum += exact;
  }
  return { id, candidate, rank: null, eligible: failed.length === 0, score: sixDecimals(sum), rules, failed, factors };
}

function inRange(grade: Grade, factor: string, candidate: string): Grade {
  if (grade.grade >= 0 && grade.grade <= 100) return grade;
  const message = `Factor "${factor}" graded candidate ${candidate} ${grade.grade}: a grade is a number from 0 to 100`;
  throw new DomainError("invalid", "matching_grade_invalid", message, {
    factor,
    candidate,
    grade: String(grade.grade),
  });
}

/**
 * Rounding makes scores that are equal on paper equal in memory (0.1 + 0.2 and 0.3), else noise would decide a tie.
 * The step lies at .499 of a unit and not at .5, where plain weights such as 1/128 put exact values that noise would split.
 */
function sixDecimals(value: number): number {
  return Math.floor(value * 1e6 + 0.501) / 1e6;
}

function checkIds<C>(entries: readonly Entry<C>[]): void {
  const ids = new Set<string>();
  for (const {
    result: { id },
  } of entries) {
    if (ids.has(id)) throw invalid("matching_candidate_duplicate", `Two candidates have the id ${id}: give each one once`);
    ids.add(id);
  }
}

function checkKeys<C>(entries: readonly Entry<C>[], tieBreaks: readonly TieBreak<C>[]): void {
  tieBreaks.forEach(({ code }, i) => {
    const type = typeof entries[0]?.keys[i];
    for (const { keys, result } of entries) {
      if (typeof keys[i] === type && !Number.isNaN(keys[i])) continue;
      const message = `Tie break "${code}" gave ${String(keys[i])} for candidate ${result.id}: give numbers or strings, one kind`;
      throw invalid("matching_tie_break_invalid", message);
    }
  });
}

function compare<C>(a: Entry<C>, b: Entry<C>): number {
  if (a.result.eligible !== b.result.eligible) return a.result.eligible ? -1 : 1;
  if (a.result.score !== b.result.score) return b.result.score - a.result.score;
  const decisive = decisiveKey(a, b);
  // checkKeys has seen to it that a key is of one type everywhere, so < orders numbers and strings alike.
  if (decisive >= 0) return (a.keys[decisive] as number) < (b.keys[decisive] as number) ? -1 : 1;
  return a.result.id < b.result.id ? -1 : 1;
}

/** The first tie break that tells two candidates apart, or -1. */
function decisiveKey<C>(a: Entry<C>, b: Entry<C>): number {
  return a.keys.findIndex((key, i) => key !== b.keys[i]);
}

function toRanking<C>(entries: readonly Entry<C>[], tieBreaks: readonly TieBreak<C>[]): Ranking<C> {
  const ranked = entries.map(({ result }, i) => (result.eligible ? { ...result, rank: i + 1 } : result));
  const eligible = ranked.filter((result) => result.eligible).length;
  const winner = eligible > 0 ? (ranked[0] ?? null) : null;
  return { ranked, eligible, winner, ties: findTies(entries.slice(0, eligible), tieBreaks) };
}

function findTies<C>(eligible: readonly Entry<C>[], tieBreaks: readonly TieBreak<C>[]): Tie[] {
  const ties: { score: number; ids: string[]; decidedBy: string[] }[] = [];
  for (const [i, entry] of eligible.entries()) {
    const above = eligible[i - 1];
    if (above === undefined || above.result.score !== entry.result.score) continue;
    const code = tieBreaks[decisiveKey(above, entry)]?.code ?? ID_TIE_BREAK;
    const open = ties.at(-1);
    if (open?.score === entry.result.score) {
      open.ids.push(entry.result.id);
      open.decidedBy.push(code);
    } else ties.push({ score: entry.result.score, ids: [above.result.id, entry.result.id], decidedBy: [code] });
  }
  return ties;
}

function invalid(code: string, message: string): DomainError {
  return new DomainError("invalid", code, message);
}

/** Facts behind a verdict or a grade, for people and for translation: `{ need: "forklift", have: "none" }`. */
export type Params = Readonly<Record<string, string | number | boolean>>;

/** A rule's answer about one candidate. */
export type Verdict = { readonly pass: boolean; readonly params?: Params };

/** What a candidate must fulfil to be eligible, however good the rest is. `code` is stable snake_case. */
export type HardRule<C, W> = {
  readonly code: string;
  readonly check: (work: W, candidate: C) => Verdict;
};

/** A factor's answer about one candidate: 0 (worst) to 100 (best), with a stable reason code. */
export type Grade = { readonly grade: number; readonly reason: string; readonly params?: Params };

/**
 * What makes one eligible candidate better than another. The weight counts in proportion to the sum of all weights; 0
 * keeps the factor in the record without counting it. Ineligible candidates are graded too, so `grade` must answer for
 * everyone.
 */
export type Factor<C, W> = {
  readonly code: string;
  readonly weight: number;
  readonly grade: (work: W, candidate: C) => Grade;
};

/** Decides between equal scores: the lower value is first (strings by code unit). Numbers or strings, never both. */
export type TieBreak<C> = { readonly code: string; readonly value: (candidate: C) => number | string };

/** How candidates are compared. Rules, factors and tie breaks must be pure; `id` is unique and decides the last tie. */
export type Policy<C, W> = {
  readonly rules: readonly HardRule<C, W>[];
  readonly factors: readonly Factor<C, W>[];
  readonly tieBreaks?: readonly TieBreak<C>[];
  readonly id: (candidate: C) => string;
};

/** The code under which a ranking says that the ids decided a tie. */
export const ID_TIE_BREAK = "id";

const CODE = /^[a-z][a-z0-9_]*$/;

/** What is wrong with a policy, one sentence a problem; `[]` is a good policy. Never throws. */
export function checkPolicy<C, W>(policy: Policy<C, W>): string[] {
  const { rules, factors, tieBreaks = [] } = policy;
  const problems: string[] = [];
  const seen = new Set([ID_TIE_BREAK]);
  for (const { code } of [...rules, ...factors, ...tieBreaks]) {
    if (!CODE.test(code)) problems.push(`code ${JSON.stringify(code)}: write snake_case, a-z, 0-9 and _`);
    else if (seen.has(code)) problems.push(`code "${code}" is taken: rules, factors and tie breaks need distinct codes, "id" is reserved`);
    seen.add(code);
  }
  for (const { code, weight } of factors) {
    if (!Number.isFinite(weight) || weight < 0) problems.push(`factor "${code}" has weight ${weight}: give a number, 0 or more`);
  }
  const total = totalWeight(policy);
  if (total === 0) problems.push("the weights sum to 0: give at least one factor a weight above 0");
  if (problems.length === 0 && !Number.isFinite(total)) problems.push("the weights sum to Infinity: make them smaller");
  return problems;
}

export function totalWeight<C, W>({ factors }: Policy<C, W>): number {
  return factors.reduce((sum, { weight }) => sum + weight, 0);
}

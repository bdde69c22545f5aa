import type { Params } from "./policy.ts";

/** One rule's verdict. */
export type RuleResult = { readonly code: string; readonly pass: boolean; readonly params?: Params };

/** One factor's part of the score: `points` = `grade` (0 to 100) times the factor's share of all weights, to six decimals. */
export type FactorResult = {
  readonly code: string;
  readonly grade: number;
  readonly weight: number;
  readonly points: number;
  readonly reason: string;
  readonly params?: Params;
};

/** One candidate with everything that was decided about it. */
export type Ranked<C> = {
  readonly id: string;
  readonly candidate: C;
  /** From 1; null for who is not eligible. */
  readonly rank: number | null;
  readonly eligible: boolean;
  /** 0 to 100, to six decimals: the sum of the points before their rounding. */
  readonly score: number;
  /** Every rule in the policy's order, passed or not. */
  readonly rules: readonly RuleResult[];
  /** The codes of all failed rules. */
  readonly failed: readonly string[];
  /** Every factor in the policy's order. */
  readonly factors: readonly FactorResult[];
};

/** Eligible candidates with one score. `decidedBy[i]` is the tie break that put `ids[i]` before `ids[i + 1]`. */
export type Tie = { readonly score: number; readonly ids: readonly string[]; readonly decidedBy: readonly string[] };

/** The outcome: the eligible from best to worst, then the others by the same order. */
export type Ranking<C> = {
  readonly ranked: readonly Ranked<C>[];
  readonly eligible: number;
  /** Rank 1; null when nobody is eligible. */
  readonly winner: Ranked<C> | null;
  /** Every tie among the eligible, best score first. The winner owes its place to a tie break if `ties[0]` holds it. */
  readonly ties: readonly Tie[];
};

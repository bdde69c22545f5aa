export { linear } from "./linear.ts";
export {
  checkPolicy,
  type Factor,
  type Grade,
  type HardRule,
  type Params,
  type Policy,
  type TieBreak,
  type Verdict,
} from "./policy.ts";
export type { FactorResult, Ranked, Ranking, RuleResult, Tie } from "./ranking.ts";
export { score } from "./score.ts";

import { linear, type Policy, type Ranking, score, type TieBreak } from "@trunkline/matching";
import { type AgentSession, stateOf } from "./agent-session.ts";
import { type CallQueue, needsAfter, type SkillNeed } from "./call-queue.ts";

/** An agent as distribution sees them. */
export type Candidate = {
  readonly session: AgentSession;
  /** Grade by skill, 1 to 5. */
  readonly skills: Readonly<Record<string, number>>;
};

/** The call that looks for an agent. */
export type Seeking = {
  readonly waitedMs: number;
  /** Whom the caller should get if they are free; empty: anybody. */
  readonly preferred: string;
  /** Who has just let it ring in vain. */
  readonly passedBy: readonly string[];
};

type Work = Seeking & { readonly queue: CallQueue; readonly needs: readonly SkillNeed[]; readonly bestTier: number };

const NO_TIER = 9;

/**
 * Who should get the call, and why: rules first (in the queue, ready, skilled enough after this wait, has not just let it ring),
 * then the preferred agent, then the queue's strategy. The lower id decides what is equal in all.
 */
export function rankAgents(queue: CallQueue, seeking: Seeking, candidates: readonly Candidate[]): Ranking<Candidate> {
  const needs = needsAfter(queue, seeking.waitedMs);
  const work: Work = { ...seeking, queue, needs, bestTier: NO_TIER };
  const tiers = candidates.filter((candidate) => RULES.every(({ check }) => check(work, candidate).pass)).map((one) => tierOf(queue, one));
  return score({ ...work, bestTier: Math.min(NO_TIER, ...tiers) }, candidates, policyOf(queue));
}

const tierOf = ({ agents }: CallQueue, { session }: Candidate) =>
  agents.find(({ employeeId }) => employeeId === session.id)?.tier ?? NO_TIER;

const RULES: Policy<Candidate, Work>["rules"] = [
  {
    code: "not_in_queue",
    check: ({ queue }, { session }) => ({
      pass: queue.agents.length === 0 || queue.agents.some(({ employeeId }) => employeeId === session.id),
    }),
  },
  {
    code: "not_ready",
    check: (_work, { session }) => ({ pass: stateOf(session).state === "ready", params: { state: stateOf(session).state } }),
  },
  { code: "skill_missing", check: ({ needs }, { skills }) => ({ pass: needs.every(({ skill, level }) => (skills[skill] ?? 0) >= level) }) },
  { code: "declined_before", check: ({ passedBy }, { session }) => ({ pass: !passedBy.includes(session.id) }) },
];

const TIER_RULE: Policy<Candidate, Work>["rules"][number] = {
  code: "lower_tier_ready",
  check: ({ queue, bestTier }, candidate) => ({ pass: tierOf(queue, candidate) <= bestTier }),
};

/** Tie breaks of a strategy; the lower value goes first. */
function orderOf(queue: CallQueue): TieBreak<Candidate>[] {
  const idle: TieBreak<Candidate> = { code: "longest_idle", value: ({ session }) => session.freeSince };
  switch (queue.strategy) {
    case "longest_idle":
    case "best_skill":
      return [idle];
    case "round_robin":
      return [{ code: "round_robin", value: ({ session }) => session.offeredAt }, idle];
    case "fewest_calls":
      return [{ code: "fewest_calls", value: ({ session }) => session.callsTaken }, idle];
    case "least_talk":
      return [{ code: "least_talk", value: ({ session }) => session.talkMs }, idle];
    case "top_down":
      return [{ code: "top_down", value: ({ session }) => placeOf(queue, session.id) }, idle];
  }
}

function placeOf({ agents }: CallQueue, employeeId: string): number {
  const place = agents.findIndex((agent) => agent.employeeId === employeeId);
  return place < 0 ? agents.length : place;
}

function policyOf(queue: CallQueue): Policy<Candidate, Work> {
  return {
    id: ({ session }) => session.id,
    rules: [...RULES, TIER_RULE],
    factors: [
      {
        code: "preferred",
        weight: 3,
        grade: ({ preferred }, { session }) => ({ grade: preferred === session.id ? 100 : 0, reason: "preferred" }),
      },
      // Where skill is not the strategy, enough is enough.
      ...(queue.strategy === "best_skill"
        ? [
            {
              code: "skill",
              weight: 1,
              grade: ({ queue: { skills } }: Work, candidate: Candidate) => ({ grade: skillGrade(skills, candidate), reason: "levels" }),
            },
          ]
        : []),
    ],
    tieBreaks: orderOf(queue),
  };
}

/** Mean level of the skills that the queue asks for. */
function skillGrade(skills: readonly SkillNeed[], candidate: Candidate): number {
  if (skills.length === 0) return 0;
  const sum = skills.reduce((total, { skill }) => total + (candidate.skills[skill] ?? 0), 0);
  return linear(sum / skills.length, 0, 5);
}

import { linear, type Policy, type Ranking, score, type TieBreak } from "@trunkline/matching";
import { type AgentSession, stateOf } from "./agent-session.ts";
import { type CallQueue, needsAt, type SkillNeed, stepAfter } from "./call-queue.ts";

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
  const needs = needsAt(queue, stepAfter(queue, seeking.waitedMs));
  const work: Work = { ...seeking, queue, needs, bestTier: NO_TIER };
  const tiers = candidates.filter((candidate) => RULES.every(({ check }) => check(work, candidate).pass)).map((one) => tierOf(queue, one));
  return score({ ...work, bestTier: Math.min(NO_TIER, ...tiers) }, candidates, policyOf(queue));
}

/** Whether an agent who is ready could take a call of the queue that needs these skills. */
export const couldTake = (queue: CallQueue, needs: readonly SkillNeed[], candidate: Candidate): boolean =>
  isInQueue(queue, candidate) && isSkilled(needs, candidate);

/** How agents who could take a call stand in the queue, number by number, the lowest first; nobody is preferred. */
export function standing(queue: CallQueue, candidate: Candidate): number[] {
  const skill = queue.strategy === "best_skill" ? [-skillGrade(queue.skills, candidate)] : [];
  return [tierOf(queue, candidate), ...skill, ...orderOf(queue).map(({ value }) => value(candidate))];
}

type Place = { readonly tier: number; readonly place: number };
const places = new WeakMap<CallQueue, ReadonlyMap<string, Place>>();

/** By employee: where the queue's settings put them. */
function placesOf(queue: CallQueue): ReadonlyMap<string, Place> {
  const found = places.get(queue) ?? new Map(queue.agents.map(({ employeeId, tier }, place) => [employeeId, { tier, place }]));
  places.set(queue, found);
  return found;
}

const tierOf = (queue: CallQueue, { session }: Candidate) => placesOf(queue).get(session.id)?.tier ?? NO_TIER;
const isInQueue = (queue: CallQueue, { session }: Candidate) => queue.agents.length === 0 || placesOf(queue).has(session.id);
const isSkilled = (needs: readonly SkillNeed[], { skills }: Candidate) => needs.every(({ skill, level }) => (skills[skill] ?? 0) >= level);

const RULES: Policy<Candidate, Work>["rules"] = [
  { code: "not_in_queue", check: ({ queue }, candidate) => ({ pass: isInQueue(queue, candidate) }) },
  {
    code: "not_ready",
    check: (_work, { session }) => ({ pass: stateOf(session).state === "ready", params: { state: stateOf(session).state } }),
  },
  { code: "skill_missing", check: ({ needs }, candidate) => ({ pass: isSkilled(needs, candidate) }) },
  { code: "declined_before", check: ({ passedBy }, { session }) => ({ pass: !passedBy.includes(session.id) }) },
];

const TIER_RULE: Policy<Candidate, Work>["rules"][number] = {
  code: "lower_tier_ready",
  check: ({ queue, bestTier }, candidate) => ({ pass: tierOf(queue, candidate) <= bestTier }),
};

type ByNumber = Omit<TieBreak<Candidate>, "value"> & { readonly value: (candidate: Candidate) => number };

/** Tie breaks of a strategy; the lower value goes first. */
function orderOf(queue: CallQueue): ByNumber[] {
  const idle: ByNumber = { code: "longest_idle", value: ({ session }) => session.freeSince };
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
      return [{ code: "top_down", value: ({ session }) => placesOf(queue).get(session.id)?.place ?? queue.agents.length }, idle];
  }
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

import { DomainError } from "@trunkline/errors";

export type Strategy = "longest_idle" | "round_robin" | "fewest_calls" | "least_talk" | "top_down" | "best_skill";
export type SkillNeed = { readonly skill: string; readonly level: number };
export type WrapUp = {
  readonly mode: "none" | "optional" | "mandatory";
  readonly limitMs: number;
  readonly dispositions: readonly { readonly code: string; readonly name: string }[];
  /** Written when the limit passes without one. */
  readonly defaultDisposition: string;
};

/** Settings of one queue; the calls that wait in it are documents of their own. Meaning of each: the contract. */
export type CallQueue = {
  readonly id: string;
  readonly name: string;
  readonly strategy: Strategy;
  readonly skills: readonly SkillNeed[];
  readonly relaxations: readonly { readonly afterMs: number; readonly levels: number }[];
  readonly agents: readonly { readonly employeeId: string; readonly tier: number }[];
  readonly targetMs: number;
  readonly offerMs: number;
  readonly maxWaitMs: number;
  readonly overflow: string;
  readonly calendarId: string;
  readonly priority: number;
  readonly gradePriority: Readonly<Record<string, number>>;
  readonly wrapUp: WrapUp;
  readonly autoPauseAfter: number;
  readonly preferLastAgentMs: number;
  /** Not set: nobody is called back at their turn. */
  readonly callback?: { readonly first: "agent" | "customer"; readonly key: string; readonly attempts: number; readonly gapMs: number };
  readonly recording: { readonly mode: "off" | "all"; readonly keepDays: number };
  /** How often it was saved. */
  readonly revision?: number;
};

export const NOT_RECORDED = { mode: "off", keepDays: 90 } as const;

/** Of a queue that nobody has set: an exchange may know queues that we do not. */
export function unsetQueue(id: string, wrapUpLimitMs: number): CallQueue {
  return {
    id,
    name: id,
    strategy: "longest_idle",
    skills: [],
    relaxations: [],
    agents: [],
    targetMs: 20_000,
    offerMs: 20_000,
    maxWaitMs: 0,
    overflow: "",
    calendarId: "",
    priority: 0,
    gradePriority: {},
    wrapUp: { mode: "optional", limitMs: wrapUpLimitMs, dispositions: [], defaultDisposition: "not_given" },
    autoPauseAfter: 0,
    preferLastAgentMs: 0,
    recording: NOT_RECORDED,
  };
}

const MAX_OVERFLOWS = 10;

/**
 * @param others the tenant's queues by id, where an overflow may lead
 * @throws rule_violated queue_settings_contradict, queue_overflow_unknown, queue_overflow_circular
 */
export function checkedCallQueue(queue: CallQueue, others: (id: string) => Pick<CallQueue, "overflow"> | undefined): CallQueue {
  const problem = contradiction(queue);
  if (problem !== "") throw new DomainError("rule_violated", "queue_settings_contradict", problem, { queueId: queue.id });
  const path = [queue.id];
  for (let next = overflowQueue(queue); next !== ""; ) {
    if (path.includes(next) || path.length > MAX_OVERFLOWS) {
      const way = [...path, next].join(" > ");
      throw new DomainError("rule_violated", "queue_overflow_circular", `calls would go round for ever: ${way}`, { way });
    }
    const found = others(next);
    if (!found)
      throw new DomainError("rule_violated", "queue_overflow_unknown", `there is no queue ${next}: save it first`, { queueId: next });
    path.push(next);
    next = overflowQueue(found);
  }
  return queue;
}

function contradiction({ skills, relaxations, agents, maxWaitMs, overflow, calendarId, wrapUp }: CallQueue): string {
  if (new Set(skills.map(({ skill }) => skill)).size < skills.length) return "a skill is asked for twice: keep one of them";
  if (
    relaxations.some(
      ({ afterMs, levels }, n) => n > 0 && (afterMs <= (relaxations[n - 1]?.afterMs ?? 0) || levels <= (relaxations[n - 1]?.levels ?? 0)),
    )
  )
    return "each relaxation comes later and goes further than the one before: put them in order";
  if (relaxations.length > 0 && skills.length === 0) return "there is nothing to relax: name the skills or leave the relaxations out";
  if (new Set(agents.map(({ employeeId }) => employeeId)).size < agents.length) return "an agent is there twice: keep one of them";
  if (overflow !== "" && maxWaitMs === 0 && calendarId === "")
    return "calls never overflow: set max_wait_ms or calendar_id, or leave overflow empty";
  const codes = wrapUp.dispositions.map(({ code }) => code);
  if (new Set(codes).size < codes.length) return "a disposition is there twice: keep one of them";
  if (wrapUp.mode === "mandatory" && codes.length === 0) return "a mandatory wrap-up needs dispositions to choose from";
  if (codes.length > 0 && !codes.includes(wrapUp.defaultDisposition)) return "the default disposition is none of the dispositions";
  return "";
}

/** Where calls go on; empty when not to a queue. */
export function overflowQueue({ overflow }: Pick<CallQueue, "overflow">): string {
  return overflow.startsWith("queue:") ? overflow.slice("queue:".length) : "";
}

/** How many relaxations a call has come to once it has waited so long. */
export function stepAfter({ relaxations }: Pick<CallQueue, "relaxations">, waitedMs: number): number {
  return relaxations.findLastIndex(({ afterMs }) => waitedMs >= afterMs) + 1;
}

/** What an agent must have at this step of the relaxations; a skill that is relaxed to nothing is left out. */
export function needsAt({ skills, relaxations }: Pick<CallQueue, "skills" | "relaxations">, step: number): readonly SkillNeed[] {
  const lower = relaxations[step - 1]?.levels ?? 0;
  return skills.flatMap(({ skill, level }) => (level > lower ? [{ skill, level: level - lower }] : []));
}

/** Whether a call has waited long enough here; what then happens to it is the queue's overflow. */
export function overflows({ maxWaitMs }: Pick<CallQueue, "maxWaitMs">, waitedMs: number): boolean {
  return maxWaitMs > 0 && waitedMs >= maxWaitMs;
}

/**
 * The call with the most points is served first: the queue's, those of the caller's grade, one a second of waiting. As all wait alike, that
 * is an order that never changes: by when the call would have come without points.
 */
export function turnOf(
  { priority, gradePriority }: Pick<CallQueue, "priority" | "gradePriority">,
  grade: string,
  queuedAt: number,
): number {
  const points = priority + (Object.hasOwn(gradePriority, grade) ? (gradePriority[grade] ?? 0) : 0);
  return queuedAt - points * 1_000;
}

/**
 * What an agent may write at the end of a call.
 * @throws invalid disposition_missing, disposition_unknown
 */
export function checkDisposition({ mode, dispositions, defaultDisposition }: WrapUp, disposition: string): string {
  if (disposition === "" && mode === "mandatory")
    throw new DomainError("invalid", "disposition_missing", "say what the call was about: choose a disposition");
  if (disposition === "") return defaultDisposition;
  if (dispositions.length > 0 && !dispositions.some(({ code }) => code === disposition))
    throw new DomainError("invalid", "disposition_unknown", "the queue has no such disposition: take one of its settings", { disposition });
  return disposition;
}

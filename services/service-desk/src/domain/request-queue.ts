import { DomainError } from "@trunkline/errors";

/** One step of the escalation ladder 升迁. */
export type LadderLevel = {
  /** From 1, without gaps. */
  readonly level: number;
  /** Business milliseconds without action before the next level takes over; the last level's is never used up. */
  readonly limitMs: number;
  /** Takes over when the request reaches this level; empty on level 1 stands for the queue's owner. */
  readonly ownerId: string;
};

export type RequestQueue = {
  readonly id: string;
  readonly name: string;
  /** Responsible for whatever nobody has taken. */
  readonly ownerId: string;
  readonly calendarId: string;
  readonly ladder: readonly LadderLevel[];
  /** Business milliseconds; 0 sets no such target. */
  readonly firstResponseMs: number;
  readonly resolutionMs: number;
  /** How often it was saved. */
  readonly revision?: number;
};

/**
 * The queue with its ladder in order and level 1's owner filled in.
 * @throws DomainError rule_violated ladder_gap, ladder_limit_invalid, ladder_owner_missing, ladder_dead_end,
 *   target_order_invalid
 */
export function checkedQueue(queue: RequestQueue): RequestQueue {
  const ladder = [...queue.ladder]
    .sort((a, b) => a.level - b.level)
    .map((step) => (step.level === 1 && step.ownerId === "" ? { ...step, ownerId: queue.ownerId } : step));
  for (const [index, step] of ladder.entries()) checkStep(step, index, ladder.slice(0, index));
  if (queue.firstResponseMs > 0 && queue.resolutionMs > 0 && queue.resolutionMs < queue.firstResponseMs) {
    throw refused("target_order_invalid", "the resolution target is shorter than the first response: make it longer", 0);
  }
  return { ...queue, ladder };
}

function checkStep({ level, limitMs, ownerId }: LadderLevel, index: number, below: readonly LadderLevel[]): void {
  if (level !== index + 1) {
    throw refused("ladder_gap", `level ${index + 1} is missing or given twice: number the levels 1, 2, 3 ...`, index + 1);
  }
  if (!Number.isSafeInteger(limitMs) || limitMs <= 0) {
    throw refused("ladder_limit_invalid", `level ${level} has no limit: give whole milliseconds above 0`, level);
  }
  if (ownerId === "") {
    throw refused("ladder_owner_missing", `level ${level} has no owner: nobody would take over`, level);
  }
  const before = below.find((step) => step.ownerId === ownerId);
  if (before) {
    throw refused(
      "ladder_dead_end",
      `level ${level} hands over to the owner of level ${before.level}, who did not act: name another one`,
      level,
    );
  }
}

function refused(code: string, message: string, level: number): DomainError {
  return new DomainError("rule_violated", code, message, level > 0 ? { level } : {});
}

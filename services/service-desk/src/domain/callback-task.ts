import { DomainError } from "@trunkline/errors";
import type { Decision } from "./decision.ts";
import { goesAlong, type Identified } from "./identified.ts";

export type CallbackReason = "abandoned" | "missed";

/** Work for a person: call back whom nobody answered. One open task a number. */
export type CallbackTask = {
  readonly id: string;
  readonly state: "open" | "done";
  readonly number: string;
  readonly customerId: string;
  /** The unanswered calls, oldest first. */
  readonly callIds: readonly string[];
  readonly reason: CallbackReason;
  readonly openedAt: number;
  /** When the last call was missed, if that was later. */
  readonly missedAt?: number;
  readonly doneAt?: number;
  /** Of the last try. */
  readonly result: string;
  /** Who is about to call, and until when nobody else is to. */
  readonly ownerId?: string;
  readonly claimedUntil?: number;
  /** Tries that nobody picked up, and when the next one is due. */
  readonly attempts?: number;
  readonly dueAt?: number;
};

export type CallbackTaskEvent = { readonly at: number } & (
  | { readonly type: "opened"; readonly callId: string; readonly customerId: string; readonly reason: CallbackReason }
  | { readonly type: "merged"; readonly callId: string }
  | { readonly type: "done"; readonly result: string }
  | { readonly type: "claimed"; readonly employeeId: string }
  | { readonly type: "tried"; readonly result: string; readonly attempts: number; readonly dueAt: number }
  | { readonly type: "reopened" }
  | { readonly type: "customerLinked"; readonly customerId: string }
);

export type CallbackDecision = Decision<CallbackTask, CallbackTaskEvent>;

const CALLS = 100;
/** A call back is over by then, or was never made. */
export const CLAIM_MS = 15 * 60_000;

/** What can be dialled; a withheld or garbled number cannot be called back, nor the zeros that exchanges write for one that they do not know. */
export function isDialable(number: string): boolean {
  return /^(?:\+[1-9]|(?!000)[0-9])[0-9]{2,19}$/.test(number);
}

export function openTask(
  { id, number, customerId, callId, reason }: Pick<CallbackTask, "id" | "number" | "customerId" | "reason"> & { readonly callId: string },
  at: number,
): CallbackDecision {
  return {
    state: { id, state: "open", number, customerId, callIds: [callId], reason, openedAt: at, result: "" },
    events: [{ type: "opened", at, callId, customerId, reason }],
  };
}

/** Another call of the same number; a task that was done meanwhile takes none. */
export function mergeCall(
  task: CallbackTask,
  { callId, customerId, at }: { readonly callId: string; readonly customerId: string; readonly at: number },
): CallbackDecision {
  if (task.state === "done" || task.callIds.includes(callId)) return { state: task, events: [] };
  const callIds = [...task.callIds, callId].slice(-CALLS);
  const state = { ...task, callIds, customerId: task.customerId || customerId, missedAt: Math.max(at, lastMissedAt(task)) };
  return { state, events: [{ type: "merged", at, callId }] };
}

/** Who is to be called back became known by one of the calls. */
export function linkTask(task: CallbackTask, identified: Identified): CallbackDecision {
  if (!goesAlong(task, identified)) return { state: task, events: [] };
  const { at, customerId } = identified;
  return { state: { ...task, customerId }, events: [{ type: "customerLinked", at, customerId }] };
}

const lastMissedAt = ({ openedAt, missedAt = openedAt }: CallbackTask) => missedAt;

/**
 * Somebody talks to them now, in this call of theirs: nobody has to call back for what was missed before it. Whoever is about to call finds
 * that out by themselves, or has more to say.
 */
export function noteAnswer(
  task: CallbackTask,
  { callId, at, now }: { readonly callId: string; readonly at: number; readonly now: number },
): CallbackDecision {
  const withdrawn = takeOutCall(task, callId, at);
  if (withdrawn.state.state === "done" || at <= lastMissedAt(task) || isClaimed(task, now)) return withdrawn;
  return completeTask(task, "called_again", at);
}

/** The call was answered after all. What other calls of the number left to do stays. */
function takeOutCall(task: CallbackTask, callId: string, at: number): CallbackDecision {
  // Late news of an answer before: who was handed on then gave up.
  if (task.state === "done" || at < task.openedAt || !task.callIds.includes(callId)) return { state: task, events: [] };
  const callIds = task.callIds.filter((one) => one !== callId);
  return callIds.length === 0 ? completeTask(task, "reached", at) : { state: { ...task, callIds }, events: [] };
}

/** Asked again by the same person it lasts longer. @throws DomainError rule_violated callback_task_done, callback_task_claimed */
export function claimTask(task: CallbackTask, employeeId: string, at: number): CallbackDecision {
  checkOpen(task);
  checkMine(task, employeeId, at);
  const state = { ...task, ownerId: employeeId, claimedUntil: at + CLAIM_MS };
  return { state, events: task.ownerId === employeeId ? [] : [{ type: "claimed", at, employeeId }] };
}

/** @throws DomainError rule_violated callback_task_claimed when another has it */
export function releaseTask(task: CallbackTask, employeeId: string, at: number): CallbackDecision {
  if (task.ownerId === undefined) return { state: task, events: [] };
  checkMine(task, employeeId, at);
  return { state: unclaimed(task), events: [{ type: "claimed", at, employeeId: "" }] };
}

/** Nobody picked up: it stays to be done. Said again before somebody takes it up anew, it is the same try. @throws DomainError rule_violated callback_task_done */
export function retryTask(task: CallbackTask, result: string, dueAt: number, at: number): CallbackDecision {
  checkOpen(task);
  if (task.ownerId === undefined && (task.dueAt ?? 0) > at) return { state: task, events: [] };
  const attempts = (task.attempts ?? 0) + 1;
  return { state: { ...unclaimed(task), result, attempts, dueAt }, events: [{ type: "tried", at, result, attempts, dueAt }] };
}

/** A result that was chosen by mistake is taken back. */
export function reopenTask(task: CallbackTask, at: number): CallbackDecision {
  if (task.state === "open") return { state: task, events: [] };
  const { doneAt: _, ...rest } = task;
  return { state: { ...unclaimed(rest), state: "open", result: "" }, events: [{ type: "reopened", at }] };
}

function unclaimed({ ownerId: _, claimedUntil: __, ...task }: CallbackTask): CallbackTask {
  return task;
}

const isClaimed = ({ ownerId, claimedUntil = 0 }: CallbackTask, at: number) => ownerId !== undefined && claimedUntil > at;

/** @throws DomainError rule_violated callback_task_claimed */
export function checkMine(task: CallbackTask, employeeId: string, at: number): void {
  const { ownerId } = task;
  if (ownerId === undefined || ownerId === employeeId || !isClaimed(task, at)) return;
  throw new DomainError("rule_violated", "callback_task_claimed", "a colleague is calling this person back just now: take another one", {
    ownerId,
  });
}

function checkOpen(task: CallbackTask): void {
  if (task.state === "open") return;
  throw new DomainError("rule_violated", "callback_task_done", "the callback was done already, with another result");
}

/** @throws DomainError rule_violated callback_task_done when it was done with another result */
export function completeTask(task: CallbackTask, result: string, at: number): CallbackDecision {
  if (task.state === "done") {
    if (task.result === result) return { state: task, events: [] };
    checkOpen(task);
  }
  return { state: { ...unclaimed(task), state: "done", result, doneAt: at }, events: [{ type: "done", at, result }] };
}

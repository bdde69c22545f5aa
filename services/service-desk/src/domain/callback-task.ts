import { DomainError } from "@trunkline/errors";
import type { Decision } from "./decision.ts";

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
  readonly doneAt?: number;
  readonly result: string;
};

export type CallbackTaskEvent = { readonly at: number } & (
  | { readonly type: "opened"; readonly callId: string; readonly customerId: string; readonly reason: CallbackReason }
  | { readonly type: "merged"; readonly callId: string }
  | { readonly type: "done"; readonly result: string }
);

export type CallbackDecision = Decision<CallbackTask, CallbackTaskEvent>;

const CALLS = 100;

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
  const state = { ...task, callIds: [...task.callIds, callId].slice(-CALLS), customerId: task.customerId || customerId };
  return { state, events: [{ type: "merged", at, callId }] };
}

/** The call was answered after all. What other calls of the number left to do stays. */
export function takeOutCall(task: CallbackTask, callId: string, at: number): CallbackDecision {
  if (task.state === "done" || !task.callIds.includes(callId)) return { state: task, events: [] };
  const callIds = task.callIds.filter((one) => one !== callId);
  return callIds.length === 0 ? completeTask(task, "reached", at) : { state: { ...task, callIds }, events: [] };
}

/** @throws DomainError rule_violated callback_task_done when it was done with another result */
export function completeTask(task: CallbackTask, result: string, at: number): CallbackDecision {
  if (task.state === "done") {
    if (task.result === result) return { state: task, events: [] };
    throw new DomainError("rule_violated", "callback_task_done", "the callback was done already, with another result");
  }
  return { state: { ...task, state: "done", result, doneAt: at }, events: [{ type: "done", at, result }] };
}

import { isDomainError } from "@trunkline/errors";
import { type CallScope, contentId } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type CallbackReason, isDialable, mergeCall, openTask, takeOutCall } from "../domain/callback-task.ts";

const TRIES = 5;

/**
 * Turns a call that nobody answered into work for a person: one open task a number, further calls join it. The number is
 * asked of telephony, because events carry none; who withheld it cannot be called back.
 */
export async function recordMissedCall(
  { callbackTasks, readCall, log }: Context,
  scope: CallScope,
  callId: string,
  reason: CallbackReason,
  at: number,
): Promise<void> {
  const { tenant } = scope;
  const before = await callbackTasks.findByCall(tenant, callId);
  // Answered since then (which closed the task) and missed again: that is new work.
  if (before && (before.doneAt === undefined || at <= before.doneAt)) return;
  const { number, customerId } = await readCall(scope, callId);
  if (!isDialable(number)) return log.info({ callId }, "a missed call without a number to call back");
  const id = contentId(tenant, "callback", callId, ...(before ? [String(at)] : []));
  for (let attempt = 1; ; attempt++) {
    const open = await callbackTasks.findOpen(tenant, number);
    if (open) {
      const task = await callbackTasks.update(scope, open.id, (current) => mergeCall(current, { callId, customerId, at }));
      if (task.callIds.includes(callId)) return;
    }
    try {
      await callbackTasks.create(scope, id, openTask({ id, number, customerId, callId, reason }, at));
      return;
    } catch (error) {
      // Another call of this number opened the task just now: join it.
      if (!isDomainError(error) || error.kind !== "already_exists" || attempt === TRIES) throw error;
    }
  }
}

/** The caller waited on in another queue and talks to somebody now: for this call nobody has to call back. */
export async function withdrawCall({ callbackTasks }: Context, scope: CallScope, callId: string, at: number): Promise<void> {
  const task = await callbackTasks.findByCall(scope.tenant, callId);
  if (task?.state === "open") await callbackTasks.update(scope, task.id, (current) => takeOutCall(current, callId, at));
}

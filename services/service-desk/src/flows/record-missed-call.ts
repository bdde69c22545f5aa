import { isDomainError } from "@trunkline/errors";
import { type CallScope, contentId } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { type CallbackReason, isDialable, mergeCall, openTask } from "../domain/callback-task.ts";

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
  if (await callbackTasks.findByCall(tenant, callId)) return;
  const { number, customerId } = await readCall(scope, callId);
  if (!isDialable(number)) return log.info({ callId }, "a missed call without a number to call back");
  const id = contentId(tenant, "callback", callId);
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

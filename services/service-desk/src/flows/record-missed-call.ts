import { isDomainError, unless } from "@trunkline/errors";
import { type CallScope, contentId } from "@trunkline/runtime";
import type { EventSource } from "@trunkline/store";
import type { Context } from "../context.ts";
import { type CallbackReason, isDialable, mergeCall, noteAnswer, openTask } from "../domain/callback-task.ts";

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

/**
 * Somebody talks to the caller: nobody has to call back, neither for this call, which waited on in another queue, nor for those of the
 * number that were missed before it.
 */
export async function withdrawCall(
  { callbackTasks, readCall, now }: Context,
  scope: CallScope,
  callId: string,
  at: number,
  source: EventSource,
): Promise<void> {
  const own = await callbackTasks.findByCall(scope.tenant, callId);
  const task = own?.state === "open" ? own : await taskOfCaller();
  if (task) await callbackTasks.update(scope, task.id, (current) => noteAnswer(current, { callId, at, now: now() }), source);

  async function taskOfCaller() {
    const call = await readCall(scope, callId).catch(unless("call_not_found"));
    // Of a call of ours its agent says what came of it.
    return call && !call.outbound ? await callbackTasks.findOpen(scope.tenant, call.number) : undefined;
  }
}

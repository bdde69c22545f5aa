import { on, type Received, type Subscription, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { CallScope } from "@trunkline/runtime";
import type { EventSource } from "@trunkline/store";
import type { Context } from "../context.ts";
import { type CallbackReason, linkTask } from "../domain/callback-task.ts";
import { linkCustomer } from "../domain/handle-request.ts";
import type { Identified } from "../domain/identified.ts";
import { recordMissedCall, withdrawCall } from "../flows/record-missed-call.ts";

const CASES = ["abandoned", "queueCallbackChanged", "leftQueue", "answered", "identified"] as const;

export function onCallEvent(context: Context): Subscription {
  return on(topic("telephony.call", CallEventSchema), CASES, async ({ event, id, scope, source, sourceActor, at }) => {
    const reason = reasonOf(event);
    if (reason) await recordMissedCall(context, scope, id, reason, at);
    if (event.event.case === "answered") await withdrawCall(context, scope, id, at, source);
    if (event.event.case !== "identified" || event.event.value.customerId === "") return;
    const { customerId, previousCustomerId } = event.event.value;
    await takeAlong(context, scope, id, { customerId, previousCustomerId, at, by: sourceActor }, source);
  });
}

/** What came of the call goes to whom it is from. */
async function takeAlong(
  { requests, callbackTasks }: Context,
  scope: CallScope,
  callId: string,
  identified: Identified & { readonly by: string },
  source: EventSource,
): Promise<void> {
  for (const { id } of await requests.ofCall(scope.tenant, callId))
    await requests.update(scope, id, (request) => linkCustomer(request, identified), source);
  const task = await callbackTasks.findByCall(scope.tenant, callId);
  if (task) await callbackTasks.update(scope, task.id, (current) => linkTask(current, identified), source);
}

/** Waited too long, were sent to a callback, or came out of hours. */
const MISSED = new Set(["timeout", "callback", "closed"]);

/** A caller who overflows into another queue is still waiting somewhere. */
function reasonOf({ event }: Received<typeof CallEventSchema, (typeof CASES)[number]>["event"]): CallbackReason | undefined {
  if (event.case === "abandoned") return "abandoned";
  if (event.case === "queueCallbackChanged") return event.value.state === "given_up" ? "missed" : undefined;
  return event.case === "leftQueue" && MISSED.has(event.value.reason) ? "missed" : undefined;
}

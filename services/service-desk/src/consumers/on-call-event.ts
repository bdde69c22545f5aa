import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Received, type Subscription, topic } from "@trunkline/events";
import { CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import type { CallbackReason } from "../domain/callback-task.ts";
import { recordMissedCall, withdrawCall } from "../flows/record-missed-call.ts";

const CASES = ["abandoned", "queueCallbackChanged", "leftQueue", "answered"] as const;

export function onCallEvent(context: Context): Subscription {
  return on(topic("telephony.call", CallEventSchema), CASES, async ({ event, id, scope }) => {
    const reason = reasonOf(event);
    const at = event.occurredAt ? timestampMs(event.occurredAt) : context.now();
    if (reason) await recordMissedCall(context, scope, id, reason, at);
    if (event.event.case === "answered") await withdrawCall(context, scope, id, at);
  });
}

/** Waited too long, were sent to a callback, or came out of hours. */
const MISSED = new Set(["timeout", "callback", "closed"]);

/** A caller who overflows into another queue is still waiting somewhere. */
function reasonOf({ event }: Received<typeof CallEventSchema, (typeof CASES)[number]>["event"]): CallbackReason | undefined {
  if (event.case === "abandoned") return "abandoned";
  if (event.case === "queueCallbackChanged") return event.value.state === "given_up" ? "missed" : undefined;
  return event.case === "leftQueue" && MISSED.has(event.value.reason) ? "missed" : undefined;
}

import { on, type Subscription } from "@trunkline/events";
import type { Context } from "../context.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { callTopic } from "../stores/call-store.ts";

/** Which of our own events a desktop is told about, and the state it then shows. */
const SHOWN = {
  answered: "talking",
  held: "held",
  resumed: "talking",
  offerEnded: "offer_ended",
  ended: "ended",
  wrapUpEnded: "finished",
} as const;

/**
 * The slow path: whatever the fast one missed (a crash between, an agent on another instance) comes from our own topic.
 * The mailbox knows what it has already.
 */
export function onCallEvent({ calls, pops }: Context, mailbox: Pick<Mailbox, "put">): Subscription {
  return on(callTopic, async ({ event: { event }, id, sequence, scope }) => {
    if (event.case === "offered") {
      const call = await calls.get(scope.tenant, id);
      const offer = call.offers.findLast(
        ({ employeeId, extension, ended }) => employeeId === event.value.employeeId && extension === event.value.extension && ended === "",
      );
      if (offer) await pops.show({ ...call, tenant: scope.tenant, offer }, "slow");
      return;
    }
    if (!event.case || !(event.case in SHOWN)) return;
    const state = SHOWN[event.case as keyof typeof SHOWN];
    const call = await calls.get(scope.tenant, id);
    const agents = event.case === "offerEnded" ? [event.value.employeeId] : [call.employeeId];
    for (const employeeId of agents.filter((agent) => agent !== "")) {
      await mailbox.put(`${scope.tenant}/${employeeId}`, { type: "call", key: `call:${id}`, revision: sequence, callId: id, state });
    }
  });
}

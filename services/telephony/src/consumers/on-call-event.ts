import { timestampMs } from "@bufbuild/protobuf/wkt";
import { on, type Received, type Subscription } from "@trunkline/events";
import type { CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { follow } from "../domain/agent-session.ts";
import type { CallEvent } from "../domain/call-event.ts";
import { type Call, isInHandOf, isRinging, wrapUpUntil } from "../domain/call-state.ts";
import { followCallback } from "../flows/follow-callback.ts";
import { recordCall } from "../flows/record-call.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { recordingFrame } from "../realtime/recording-frame.ts";
import { callTopic } from "../stores/call-store.ts";

/** Whatever changes an agent's work or a desktop, and what ends or keeps a caller's place. */
const CASES = [
  "offered",
  "offerEnded",
  "answered",
  "held",
  "resumed",
  "wrapUpStarted",
  "wrapUpEnded",
  "recordingChanged",
  "leftQueue",
  "ended",
] as const;
type CallReceived = Received<typeof CallEventSchema, (typeof CASES)[number]>;

/** Which of our own events a desktop is told about, and the state it then shows. */
const SHOWN = {
  answered: "talking",
  held: "held",
  resumed: "talking",
  offerEnded: "offer_ended",
  wrapUpStarted: "wrap_up",
  ended: "ended",
  wrapUpEnded: "finished",
} as const;

/**
 * The slow path: whatever the fast one missed (a crash between, an agent on another instance) comes from our own topic.
 * The mailbox knows what it has already. The agents' sessions follow their calls.
 */
export function onCallEvent(context: Context, mailbox: Pick<Mailbox, "put">): Subscription {
  return on(callTopic, CASES, async (received) => {
    const { event, scope } = received;
    const { case: kind } = event.event;
    let reading: Promise<Call> | undefined;
    const read = () => {
      reading ??= context.calls.get(scope.tenant, received.id);
      return reading;
    };
    await Promise.all([
      followed(context, received, read),
      show(context, mailbox, received, read),
      kind === "answered" ? recordCall(context, scope, read) : undefined,
      followCallback(context, scope, event, read),
    ]);
  });
}

/** The event as the agent's session knows it; undefined when it changes no agent's work. */
function agentWork({ event }: CallReceived): (CallEvent & { readonly employeeId: string }) | undefined {
  const at = event.occurredAt ? timestampMs(event.occurredAt) : 0;
  const { event: one } = event;
  switch (one.case) {
    case "offered":
      return { type: "offered", at, employeeId: one.value.employeeId, extension: one.value.extension, offerId: one.value.offerId };
    case "offerEnded":
      return { type: "offer_ended", at, employeeId: one.value.employeeId, reason: one.value.reason, offerId: one.value.offerId };
    case "answered":
      return { type: "answered", at, employeeId: one.value.employeeId, waitMs: Number(one.value.waitMs) };
    case "wrapUpStarted":
      return { type: "wrap_up_started", at, employeeId: one.value.employeeId };
    case "wrapUpEnded":
      return {
        type: "wrap_up_ended",
        at,
        employeeId: one.value.employeeId,
        wrapUpMs: Number(one.value.wrapUpMs),
        disposition: one.value.disposition,
      };
    default:
      return undefined;
  }
}

async function followed({ sessions, queues }: Context, received: CallReceived, read: () => Promise<Call>): Promise<void> {
  const { id, source, scope } = received;
  const work = agentWork(received);
  if (!work || work.employeeId === "") return;
  // Only an offer that ended may send the agent on break, by the settings of the call's queue.
  const autoPauseAfter = work.type === "offer_ended" ? queues.of(scope.tenant, (await read()).queue).autoPauseAfter : 0;
  await sessions.change(scope, work.employeeId, work.at, (session) => follow(session, id, work, autoPauseAfter), source);
}

async function show(
  { pops }: Context,
  mailbox: Pick<Mailbox, "put">,
  { event: { event }, id, sequence, scope }: CallReceived,
  read: () => Promise<Call>,
): Promise<void> {
  if (event.case === "offered") {
    const { employeeId, extension } = event.value;
    const call = await read();
    // Who calls out sees whom, however fast both picked up.
    const out = call.direction === "outbound" && isInHandOf(call, employeeId);
    const offer = call.offers.findLast((one) => one.employeeId === employeeId && one.extension === extension && (out || isRinging(one)));
    if (offer) await pops.show({ ...call, tenant: scope.tenant, offer }, "slow");
    return;
  }
  if (event.case === "answered" && event.value.employeeId !== "" && pops.masks(scope.tenant, event.value.employeeId)) {
    const call = await read();
    const offer = call.offers.findLast((one) => one.employeeId === event.value.employeeId);
    if (offer) await pops.reveal({ ...call, tenant: scope.tenant, offer });
  }
  if (event.case === "recordingChanged") {
    const { employeeId } = await read();
    const frame = recordingFrame(id, event.value.state, sequence);
    return frame && employeeId !== "" ? await mailbox.put(`${scope.tenant}/${employeeId}`, frame) : undefined;
  }
  if (!(event.case in SHOWN)) return;
  const state = SHOWN[event.case as keyof typeof SHOWN];
  const employeeId = "employeeId" in event.value ? event.value.employeeId : (await read()).employeeId;
  if (employeeId === "") return;
  // Ended, because the call came back to who still wrapped it up.
  if (event.case === "wrapUpEnded" && isInHandOf(await read(), employeeId)) return;
  const until = event.case === "wrapUpStarted" ? wrapUpUntil(await read(), employeeId) : {};
  await mailbox.put(`${scope.tenant}/${employeeId}`, { type: "call", key: `call:${id}`, revision: sequence, callId: id, state, ...until });
}

import { timestampMs } from "@bufbuild/protobuf/wkt";
import { isDomainError } from "@trunkline/errors";
import { on, type Received, type Subscription } from "@trunkline/events";
import type { CallEventSchema } from "@trunkline/proto/telephony";
import { backOff, type CallScope } from "@trunkline/runtime";
import type { Context } from "../context.ts";
import { follow } from "../domain/agent-session.ts";
import type { CallEvent } from "../domain/call-event.ts";
import { isRinging, isTalking } from "../domain/call-state.ts";
import { dropCallback, settleCallback } from "../domain/queue-callback.ts";
import { failRecording, startRecording } from "../domain/recording.ts";
import { nudge } from "../flows/distributor.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { callTopic } from "../stores/call-store.ts";

type CallReceived = Received<typeof CallEventSchema>;

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

const CONNECT_TRIES = 10;

/**
 * The slow path: whatever the fast one missed (a crash between, an agent on another instance) comes from our own topic.
 * The mailbox knows what it has already. The agents' sessions follow their calls.
 */
export function onCallEvent(context: Context, mailbox: Pick<Mailbox, "put">): Subscription {
  return on(callTopic, async (received) => {
    const { event, scope } = received;
    const { case: kind } = event.event;
    if (kind === "queued" || kind === "identified" || kind === "offerEnded" || kind === "moved") nudge(context, scope.tenant);
    const followUp = onCallback(context, received);
    const recorded = kind === "answered" ? record(context, scope, received.id) : undefined;
    await Promise.all([followed(context, received), show(context, mailbox, received), recorded, followUp]);
  });
}

/** Callers who keep their place hang up, and what came of calling them back is written down at their place. */
async function onCallback({ calls, queues, orderLine, now }: Context, { event: { event }, id, scope }: CallReceived): Promise<void> {
  const { tenant } = scope;
  if (event.case === "leftQueue" && event.value.reason === "place_kept") {
    const call = await calls.get(tenant, id);
    const hangUp = { case: "action", value: { action: { case: "hangUp", value: {} } } } as never;
    // Who hung up by themselves is no more.
    if (call.endedAt === undefined) await orderLine(call.connectorId, call, hangUp).catch(unless("pbx_call_gone"));
  }
  if (event.case !== "answered" && event.case !== "ended") return;
  const call = await calls.get(tenant, id);
  if (event.case === "ended" && call.callbackOf !== undefined)
    await calls.update(scope, call.callbackOf, (place) => settleCallback(place, call, queues.of(tenant, place.queue), now()));
  if (event.case === "answered" && call.direction === "inbound" && call.numberHash !== "") {
    for (const { id: place } of await calls.waitingOf(tenant, call.numberHash))
      await calls.update(scope, place, (state) => dropCallback(state, now()));
  }
}

function unless(code: string): (error: unknown) => void {
  return (error) => {
    if (!isDomainError(error) || error.code !== code) throw error;
  };
}

/** Has the call recorded where its queue asks for it; an exchange that will not is written down. */
async function record({ calls, queues, orderLine, now, log }: Context, scope: CallScope, callId: string): Promise<void> {
  const call = await calls.get(scope.tenant, callId);
  const { mode, keepDays } = queues.of(scope.tenant, call.queue).recording;
  if (mode === "off" || !call.routed || call.recording !== undefined || !isTalking(call)) return;
  try {
    await onceTalking(() => orderLine(call.connectorId, call, { case: "record", value: {} }));
    await calls.update(scope, callId, (state) => startRecording(state, keepDays, now()));
  } catch (error) {
    log.warn({ err: error, callId }, "a call is not recorded");
    await calls.update(scope, callId, (state) => failRecording(state, keepDays, now()));
  }
}

/** The call is the agent's before the exchange has connected the two: what needs both waits for that. */
async function onceTalking(order: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await order();
    } catch (error) {
      if (!isDomainError(error) || error.code !== "pbx_call_not_talking" || attempt === CONNECT_TRIES) throw error;
      await backOff(attempt, 20, 500);
    }
  }
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

async function followed({ calls, sessions, queues }: Context, received: CallReceived): Promise<void> {
  const { id, sequence, scope } = received;
  const work = agentWork(received);
  if (!work || work.employeeId === "") return;
  // Only an offer that ended may send the agent on break, by the settings of the call's queue.
  const autoPauseAfter =
    work.type === "offer_ended" ? queues.of(scope.tenant, (await calls.get(scope.tenant, id)).queue).autoPauseAfter : 0;
  const source = { id: `call/${id}`, sequence };
  await sessions.change(scope, work.employeeId, work.at, (session) => follow(session, id, work, autoPauseAfter), source);
}

async function show(
  { calls, pops }: Context,
  mailbox: Pick<Mailbox, "put">,
  { event: { event }, id, sequence, scope }: CallReceived,
): Promise<void> {
  if (event.case === "offered") {
    const { employeeId, extension } = event.value;
    const call = await calls.get(scope.tenant, id);
    const offer = call.offers.findLast((one) => one.employeeId === employeeId && one.extension === extension && isRinging(one));
    if (offer) await pops.show({ ...call, tenant: scope.tenant, offer }, "slow");
    return;
  }
  if (event.case === "answered") {
    const call = await calls.get(scope.tenant, id);
    const offer = call.offers.findLast((one) => one.employeeId === event.value.employeeId);
    if (offer && event.value.employeeId !== "") await pops.reveal({ ...call, tenant: scope.tenant, offer });
  }
  if (event.case === "recordingChanged") {
    const { employeeId } = await calls.get(scope.tenant, id);
    const { state } = event.value;
    return await mailbox.put(`${scope.tenant}/${employeeId}`, {
      type: "recording",
      key: `recording:${id}`,
      revision: sequence,
      callId: id,
      state,
    });
  }
  if (event.case === undefined || !(event.case in SHOWN)) return;
  const state = SHOWN[event.case as keyof typeof SHOWN];
  const employeeId = "employeeId" in event.value ? event.value.employeeId : (await calls.get(scope.tenant, id)).employeeId;
  if (employeeId === "") return;
  await mailbox.put(`${scope.tenant}/${employeeId}`, { type: "call", key: `call:${id}`, revision: sequence, callId: id, state });
}

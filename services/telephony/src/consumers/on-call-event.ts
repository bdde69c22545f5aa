import type { Frame } from "@trunkline/desktop-client";
import { on, type Received, type Subscription } from "@trunkline/events";
import type { CallEventSchema } from "@trunkline/proto/telephony";
import type { Context } from "../context.ts";
import { follow } from "../domain/agent-session.ts";
import type { CallEvent } from "../domain/call-event.ts";
import { type Call, isInHandOf, isRinging, isTalking } from "../domain/call-state.ts";
import { followCallback } from "../flows/follow-callback.ts";
import { anyRecorded, recordCall } from "../flows/record-call.ts";
import { callFrame } from "../realtime/call-frame.ts";
import type { Mailbox } from "../realtime/mailbox.ts";
import { recordingFrame } from "../realtime/recording-frame.ts";
import { callTopic } from "../stores/call-store.ts";

/** Whatever changes an agent's work or a desktop, and what ends or keeps a caller's place. */
const CASES = [
  "offered",
  "offerEnded",
  "consulted",
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
  consulted: "consulting",
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
      followCallback(context, received, read),
    ]);
  });
}

/** The event as the agent's session knows it; undefined when it changes no agent's work. */
function agentWork({ event, at }: CallReceived): (CallEvent & { readonly employeeId: string }) | undefined {
  const { event: one } = event;
  switch (one.case) {
    case "offered":
      return { type: "offered", at, employeeId: one.value.employeeId, extension: one.value.extension, offerId: one.value.offerId };
    case "offerEnded":
      return { type: "offer_ended", at, employeeId: one.value.employeeId, reason: one.value.reason, offerId: one.value.offerId };
    case "consulted":
      return { type: "consulted", at, employeeId: one.value.employeeId, offerId: one.value.offerId };
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

const isTheirs = (call: Call, employeeId: string) =>
  isInHandOf(call, employeeId) || call.offers.some((one) => one.employeeId === employeeId && isRinging(one));

type Telling = CallReceived & { readonly read: () => Promise<Call>; tell(employeeId: string, frame: Frame | undefined): Promise<void> };

async function show(context: Context, mailbox: Pick<Mailbox, "put">, received: CallReceived, read: () => Promise<Call>): Promise<void> {
  const tell = async (employeeId: string, frame: Frame | undefined) => {
    if (frame && employeeId !== "") await mailbox.put(`${received.scope.tenant}/${employeeId}`, frame);
  };
  const telling = { ...received, read, tell };
  const { event } = received.event;
  if (event.case === "offered") return await showRing(context, telling, event.value);
  if (event.case === "answered") await showAnswered(context, telling, event.value);
  if (event.case === "recordingChanged")
    return await tell((await read()).employeeId, recordingFrame(received.id, event.value.state, received.sequence));
  if (event.case === "offerEnded") await showAsker(telling, await read(), event.value.employeeId);
  if (event.case !== undefined && event.case in SHOWN) await showState(telling, SHOWN[event.case as keyof typeof SHOWN]);
}

async function showRing({ pops }: Context, telling: Telling, { employeeId, extension }: { employeeId: string; extension: string }) {
  const call = await telling.read();
  // Who calls out sees whom, however fast both picked up.
  const out = call.direction === "outbound" && isInHandOf(call, employeeId);
  const offer = call.offers.findLast((one) => one.employeeId === employeeId && one.extension === extension && (out || isRinging(one)));
  if (offer) await pops.show({ ...call, tenant: telling.scope.tenant, offer }, "slow");
  await showAsker(telling, call, employeeId);
}

/** Who has the call is told that they ask somebody, or that this is over. */
async function showAsker({ sequence, tell }: Telling, call: Call, asked: string): Promise<void> {
  if (!call.routed || !isTalking(call) || call.employeeId === asked) return;
  await tell(call.employeeId, callFrame(call, call.employeeId, sequence, call.state));
}

/** What only they may see who have the caller; and that the call, if it was handed to them, is recorded. */
async function showAnswered(
  { pops, queues }: Context,
  { id, scope, sequence, read, tell }: Telling,
  { employeeId }: { employeeId: string },
) {
  if (employeeId === "") return;
  if (pops.masks(scope.tenant, employeeId)) {
    const call = await read();
    const offer = call.offers.findLast((one) => one.employeeId === employeeId);
    if (offer) await pops.reveal({ ...call, tenant: scope.tenant, offer });
  }
  if (!anyRecorded(queues, scope.tenant)) return;
  const { recording, ...call } = await read();
  if (call.employeeId === employeeId && recording) await tell(employeeId, recordingFrame(id, recording.state, sequence));
}

async function showState({ event: { event }, id, sequence, read, tell }: Telling, state: string): Promise<void> {
  const employeeId = event.value !== undefined && "employeeId" in event.value ? event.value.employeeId : (await read()).employeeId;
  // Ended, because the call came back to who still wrapped it up; or they are asked about it.
  if (event.case === "wrapUpEnded" && isTheirs(await read(), employeeId)) return;
  const more = event.case === "wrapUpStarted" || event.case === "held";
  await tell(
    employeeId,
    more
      ? callFrame(await read(), employeeId, sequence, state)
      : { type: "call", key: `call:${id}`, revision: sequence, callId: id, state },
  );
}

import { z } from "zod";
import { callerOf } from "../../facts/caller.ts";
import type { UnnumberedFact } from "../../facts/facts.ts";

/** What a vendor's exchange and we tell each other; docs/reference/telephony-webhook.openapi.json is made of it. */

const call = z
  .string()
  .regex(/^[\w.:-]{1,128}$/)
  .describe("the exchange's id of the call, or the one that we chose for a call out; never used for another one");
const at = z.number().int().min(0).describe("when it happened, UTC epoch ms");
const extension = z
  .string()
  .regex(/^[A-Za-z0-9+*#]{1,32}$/)
  .describe("the agent's, as in Trunkline");
const offerId = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .describe("of the ring that was ordered");
const queue = z.string().regex(/^[0-9A-Za-z_-]{1,40}$/);
const ms = z.number().int().min(0);
const caller = z.object({
  number: z.string().max(1000).describe("as it came, empty when withheld"),
  name: z.string().max(1000).default(""),
  dialed: z.string().max(1000).default("").describe("the number that was called"),
  verdict: z.enum(["full", "partial", "gateway", "failed"]).optional().describe("what the network says of the number (STIR/SHAKEN)"),
});
const about = { call, at };
const offerEnd = z.enum(["no_answer", "busy", "rejected", "cancelled", "unavailable"]);
const via = z.enum(["queue", "transfer", "outbound"]).default("queue");

export const webhookEvent = z.discriminatedUnion("type", [
  z
    .object({ type: z.literal("call_queued"), ...about, queue, caller, position: z.number().int().min(1).default(1) })
    .describe("a caller waits; again when they move to another queue"),
  z
    .object({
      type: z.literal("agent_offered"),
      ...about,
      extension,
      queue: queue.or(z.literal("")),
      caller,
      via,
      offerId: offerId.optional(),
    })
    .describe("a phone rings for the call"),
  z
    .object({ type: z.literal("agent_offer_ended"), ...about, extension, reason: offerEnd, ringMs: ms, offerId: offerId.optional() })
    .describe("it does not ring any more, and was not answered"),
  z
    .object({ type: z.literal("offer_picked_up"), ...about, offerId })
    .describe("an agent has picked up what we offered: connect the two only if the answer's connect is true, else hang the phone up"),
  z
    .object({ type: z.literal("agent_consulted"), ...about, extension, offerId: offerId.optional() })
    .describe("the target of an attended transfer has picked up and talks to the agent; the caller hears neither"),
  z
    .object({
      type: z.literal("call_answered"),
      ...about,
      extension,
      queue: queue.or(z.literal("")),
      via,
      offerId: offerId.optional(),
      waitMs: ms,
    })
    .describe("caller and agent hear each other"),
  z.object({ type: z.literal("call_held"), ...about, extension }).describe("the agent holds the caller"),
  z.object({ type: z.literal("call_resumed"), ...about, extension }).describe("they hear each other again"),
  z
    .object({ type: z.literal("call_transferred"), ...about, from: extension, to: extension, kind: z.enum(["blind", "attended"]) })
    .describe("the agent has handed the caller on"),
  z
    .object({
      type: z.literal("agent_released"),
      ...about,
      extension,
      reason: z.enum(["caller_hung_up", "agent_hung_up", "transferred", "other"]),
      talkMs: ms,
    })
    .describe("the agent is off the call, which may go on elsewhere"),
  z
    .object({ type: z.literal("caller_pressed"), ...about, key: z.string().regex(/^[0-9*#]$/) })
    .describe("a caller who waits has pressed a key"),
  z.object({ type: z.literal("call_abandoned"), ...about, queue, waitMs: ms }).describe("the caller hung up while waiting"),
  z
    .object({
      type: z.literal("call_left_queue"),
      ...about,
      queue,
      reason: z.enum(["timeout", "full", "no_agents", "caller_choice", "withdrawn", "other"]),
      waitMs: ms,
    })
    .describe("out of the queue, neither connected nor hung up"),
  z.object({ type: z.literal("recording_ended"), ...about, durationMs: ms }).describe("0: nothing was kept"),
  z
    .object({ type: z.literal("call_quality"), ...about, mos: z.number().min(1).max(5), lossPercent: z.number().min(0).max(100) })
    .describe("measured of the caller's line, so far"),
  z
    .object({ type: z.literal("call_ended"), ...about, cause: z.number().int().min(0).max(127).describe("ITU-T Q.850, 0 if unknown") })
    .describe("the caller's line is down"),
  z
    .object({
      type: z.literal("snapshot"),
      at,
      calls: z
        .array(
          z.object({
            call,
            caller,
            queue: queue.or(z.literal("")),
            phase: z.enum(["waiting", "talking", "other"]),
            extension: extension.or(z.literal("")).describe("who talks to the caller"),
            ringing: z.array(extension).max(20),
            position: z.number().int().min(0).default(0),
            waitMs: ms,
          }),
        )
        .max(2000),
    })
    .describe("every call that lives, asked for with the order resync: what is not in it has ended"),
]);
export type WebhookEvent = z.output<typeof webhookEvent>;

const name = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .describe("the recording's name");

export const webhookOrder = z.discriminatedUnion("type", [
  z
    .object({ type: z.literal("ring"), call, offerId, extension, timeoutMs: ms })
    .describe("ring the agent's phone for a waiting caller; the same offer again changes nothing"),
  z.object({ type: z.literal("withdraw"), call, offerId }).describe("that phone stops ringing"),
  z.object({ type: z.literal("hang_up"), call }).describe("end the call for everybody"),
  z.object({ type: z.literal("hold"), call }).describe("music for the caller"),
  z.object({ type: z.literal("resume"), call }).describe("caller and agent hear each other again"),
  z
    .object({ type: z.literal("transfer"), call, destination: extension, kind: z.enum(["blind", "attended"]) })
    .describe("hand the caller on"),
  z.object({ type: z.literal("record"), call, name }).describe("keep what both say under this name until the call ends"),
  z.object({ type: z.literal("pause_recording"), call, name }).describe("keep nothing from now on"),
  z.object({ type: z.literal("resume_recording"), call, name }).describe("go on"),
  z
    .object({ type: z.literal("originate"), call, extension, number: z.string(), callerNumber: z.string() })
    .describe("ring the agent's phone and, when it is picked up, dial the number; the call has the id given here"),
  z
    .object({ type: z.literal("call_into_queue"), call, number: z.string(), callerNumber: z.string(), queue })
    .describe("dial the number; who answers waits in the queue: tell call_queued. Nobody answers: tell nothing"),
  z.object({ type: z.literal("listen"), call, extension }).describe("ring this phone; who picks it up hears both, and nobody hears them"),
  z.object({ type: z.literal("resync") }).describe("send a snapshot"),
]);
export type WebhookOrder = z.output<typeof webhookOrder>;

const keyOf = (id: string) => ({ startedAt: 0, linkedid: id });

function callerFields({ number, name, dialed, verdict }: z.output<typeof caller>) {
  return {
    ...callerOf(number, name, dialed),
    ...(verdict === undefined ? {} : { callerVerdict: verdict }),
  };
}

/** A fact without its place, at the latest of now: a clock that is ahead must not make calls of tomorrow. */
export function factOf(event: Exclude<WebhookEvent, { type: "offer_picked_up" }>, now: number): UnnumberedFact {
  const time = Math.min(event.at, now);
  if (event.type === "snapshot") {
    const calls = event.calls.map(({ call: id, caller: who, ...rest }) => ({ callKey: keyOf(id), ...callerFields(who), ...rest }));
    return { kind: "snapshot", at: time, liveLinkedids: event.calls.map((one) => one.call), calls, queues: [], members: [] };
  }
  const key = { callKey: keyOf(event.call), at: time };
  switch (event.type) {
    case "call_queued":
    case "agent_offered": {
      const { type: kind, call: _call, caller: who, offerId: offer, ...rest } = { offerId: undefined, ...event };
      return { kind, ...rest, ...key, ...callerFields(who), ...(offer === undefined ? {} : { offerId: offer }) } as UnnumberedFact;
    }
    case "call_answered":
    case "call_abandoned": {
      const { type: kind, call: _call, ...rest } = event;
      return { kind, ...rest, ...key, waitExact: true } as UnnumberedFact;
    }
    case "call_transferred":
      return { kind: event.type, ...key, from: event.from, to: event.to, type: event.kind };
    case "call_ended":
      return { kind: event.type, ...key, causeCode: event.cause, causeText: "" };
    default: {
      const { type: kind, call: _call, ...rest } = event;
      return { kind, ...rest, ...key } as UnnumberedFact;
    }
  }
}

import type { UnnumberedFact } from "../../facts/facts.ts";
import { type AmiFrame, field } from "./frame.ts";
import { type AmiState, callOf, type TrackedCall, withCall } from "./state.ts";
import { changed, findOffer, type Handler, linkedidOf, newCall, offered } from "./steps.ts";

/**
 * An agent may consult a queue before handing over (Atxfer, a feature code): a Local channel waits there, under the call's own Linkedid. Until
 * the caller is handed over that is no wait of theirs; from then on it is, as for anybody who comes to a further queue.
 */

/** A queue's join that is a consultation: the caller talks, and it is not their channel that waits. */
export function beginsConsulting(call: TrackedCall, frame: AmiFrame): boolean {
  if (call.talker === undefined || call.channel === "" || call.channel === field(frame, "Uniqueid")) return false;
  return field(frame, "Channel").startsWith("Local/");
}

export function beginConsulting(state: AmiState, call: TrackedCall, frame: AmiFrame) {
  return changed(state, { ...call, consults: { ...newCall(frame, call.key.linkedid), caller: call.caller } });
}

/** The same translation, for what happens to the consultation. */
export function alsoConsulting(handler: Handler): Handler {
  return (state, frame, at) => {
    const call = callOf(state, linkedidOf(frame));
    const consults = call?.consults;
    if (call === undefined || consults === undefined || !isIts(consults, field(frame, "Uniqueid"))) return handler(state, frame, at);
    const { state: after } = handler(withCall(state, consults), frame, at);
    return changed(state, { ...call, consults: callOf(after, call.key.linkedid) });
  };
}

const isIts = (consults: TrackedCall, channel: string) =>
  channel !== "" && (channel === consults.channel || channel === consults.talker?.channel || findOffer(consults, channel) !== undefined);

/** The caller is where the agent was: in the queue, or with who has answered there. */
export function takeOver(call: TrackedCall, consults: TrackedCall, at: number): { call: TrackedCall; facts: readonly UnnumberedFact[] } {
  const { key, caller, channel, local } = call;
  const { queue, talker } = consults;
  const offers = consults.offers.map((offer) => ({ ...offer, at }));
  const joined: TrackedCall = { ...consults, key, caller, channel, local, offers, waitsSince: at, waitSeen: true, held: [] };
  const facts: UnnumberedFact[] = [{ kind: "call_queued", callKey: key, at, ...caller, queue, position: 1 }];
  if (talker === undefined) return { call: joined, facts: [...facts, ...offers.map((offer) => offered(joined, offer))] };
  const { extension } = talker;
  const ring = offered(joined, { ...talker, queue, via: "queue", at, unanswered: false });
  const answered = { kind: "call_answered", callKey: key, at, extension, queue, via: "queue", waitMs: 0, waitExact: true } as const;
  return { call: { ...joined, talker: { ...talker, since: at } }, facts: [...facts, ring, answered] };
}

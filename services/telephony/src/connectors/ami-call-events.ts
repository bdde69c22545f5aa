import { type AmiFrame, field } from "./ami-frame.ts";
import { type AmiState, callOf, type Offer, type Step, type TrackedCall, withoutCall } from "./ami-state.ts";
import { changed, findOffer, type Handler, linkedidOf, nothing, offered, offerEnded, withoutOffer } from "./ami-steps.ts";
import { bounded, extensionOf, offerEndOfCause, offerEndOfDial } from "./ami-values.ts";
import type { UnnumberedFact } from "./facts.ts";

/** A phone rings for a caller who is with no queue any more: the target of a transfer, or the next step of the dial plan. */
export const dialBegin: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  if (call === undefined || call.stage === "waiting" || call.stage === "connecting") return nothing(state);
  const channel = field(frame, "DestUniqueid");
  if (field(frame, "Uniqueid") !== call.channel || channel === "" || findOffer(call, channel) !== undefined) return nothing(state);
  const extension = extensionOf(field(frame, "DestChannel"));
  const offer: Offer = { channel, extension, queue: "", via: "transfer", at };
  const { call: left, facts } = leftQueue(call, at);
  return changed(state, { ...left, waitsSince: at, stage: "elsewhere", offers: [...left.offers, offer] }, [...facts, offered(call, offer)]);
};

export const dialEnd: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame)) ?? callOf(state, linkedidOf(frame, "Dest"));
  const offer = call && findOffer(call, field(frame, "DestUniqueid"));
  if (call === undefined || offer === undefined) return nothing(state);
  const status = field(frame, "DialStatus");
  const { extension, channel, via, queue } = offer;
  if (status !== "ANSWER") {
    return changed(state, withoutOffer(call, offer), [offerEnded(call, offer, offerEndOfDial(status), at)]);
  }
  // In a queue the agent may still have to listen to an announcement: AgentConnect says when the two talk.
  if (via === "queue") return changed(state, { ...call, stage: "connecting" });
  const waitMs = Math.max(0, at - call.waitsSince);
  return changed(state, { ...withoutOffer(call, offer), stage: "talking", talker: { channel, extension, since: at } }, [
    { kind: "call_answered", callKey: call.key, at, extension, queue, via, waitMs, waitExact: true },
  ]);
};

function holder(call: TrackedCall, frame: AmiFrame): string {
  const channel = field(frame, "Uniqueid");
  if (channel === call.channel) return "";
  return call.talker?.channel === channel ? call.talker.extension : extensionOf(field(frame, "Channel"));
}

export const hold: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  if (call === undefined) return nothing(state);
  return { state, facts: [{ kind: "call_held", callKey: call.key, at, extension: holder(call, frame) }] };
};

export const unhold: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  if (call === undefined) return nothing(state);
  return { state, facts: [{ kind: "call_resumed", callKey: call.key, at, extension: holder(call, frame) }] };
};

function firstCall(state: AmiState, frame: AmiFrame, prefixes: readonly string[]): TrackedCall | undefined {
  for (const prefix of prefixes) {
    const call = callOf(state, linkedidOf(frame, prefix));
    if (call !== undefined) return call;
  }
  return undefined;
}

export const blindTransfer: Handler = (state, frame, at) => {
  const call = firstCall(state, frame, ["Transferee", "Transferer"]);
  if (call === undefined || field(frame, "Result") !== "Success") return nothing(state);
  const from = extensionOf(field(frame, "TransfererChannel"));
  const to = bounded(field(frame, "Extension"));
  return changed(state, { ...call, stage: "elsewhere", waitsSince: at }, [
    { kind: "call_transferred", callKey: call.key, at, from, to, type: "blind" },
  ]);
};

/** The consultation was a call of its own that no queue knew; the caller's call goes on with the target. */
export const attendedTransfer: Handler = (state, frame, at) => {
  const call = firstCall(state, frame, ["Transferee", "OrigTransferer", "SecondTransferer", "TransferTarget"]);
  if (call === undefined || field(frame, "Result") !== "Success") return nothing(state);
  const from = extensionOf(field(frame, "OrigTransfererChannel"));
  const target = field(frame, "TransferTargetChannel");
  const to = target === "" ? "" : extensionOf(target);
  const talker = target === "" ? undefined : { channel: field(frame, "TransferTargetUniqueid"), extension: to, since: at };
  return changed(state, { ...call, stage: talker ? "talking" : "elsewhere", talker }, [
    { kind: "call_transferred", callKey: call.key, at, from, to, type: "attended" },
  ]);
};

/** A caller who left the queue by a key of the menu: no event names that, it shows when the call goes on. */
function leftQueue(call: TrackedCall, at: number): { call: TrackedCall; facts: readonly UnnumberedFact[] } {
  if (call.stage !== "leaving") return { call, facts: [] };
  const waitMs = call.waitsSince > 0 ? Math.max(0, at - call.waitsSince) : 0;
  const fact: UnnumberedFact = { kind: "call_left_queue", callKey: call.key, at, queue: call.queue, reason: "other", waitMs };
  return { call: { ...call, stage: "elsewhere" }, facts: [fact] };
}

export const hangup: Handler = (state, frame, at) => {
  const linkedid = linkedidOf(frame);
  const call = callOf(state, linkedid);
  if (call === undefined) return nothing(ended(state, field(frame, "Uniqueid") === linkedid ? linkedid : ""));
  const channel = field(frame, "Uniqueid");
  const cause = Number(field(frame, "Cause")) || 0;
  if (channel === call.channel && !(call.local && call.talker !== undefined)) return callerGone(state, call, frame, cause, at);
  const offer = findOffer(call, channel);
  if (offer !== undefined) {
    return changed(state, withoutOffer(call, offer), [offerEnded(call, offer, offerEndOfCause(cause), at)]);
  }
  // An agent of a queue was released by AgentComplete before; only a transfer's target is still talking here.
  if (call.talker?.channel !== channel) return nothing(state);
  return changed(state, { ...call, stage: "elsewhere", talker: undefined }, [released(call, call.talker, "agent_hung_up", at)]);
};

function released(call: TrackedCall, talker: NonNullable<TrackedCall["talker"]>, reason: "agent_hung_up" | "caller_hung_up", at: number) {
  const talkMs = Math.max(0, at - talker.since);
  return { kind: "agent_released", callKey: call.key, at, extension: talker.extension, reason, talkMs } as const;
}

function callerGone(state: AmiState, call: TrackedCall, frame: AmiFrame, causeCode: number, at: number): Step {
  const causeText = bounded(field(frame, "Cause-txt"));
  const facts: UnnumberedFact[] = [
    ...call.offers.map((offer) => offerEnded(call, offer, "cancelled", at)),
    ...leftQueue(call, at).facts,
    ...(call.talker ? [released(call, call.talker, "caller_hung_up", at)] : []),
    { kind: "call_ended", callKey: call.key, at, causeCode, causeText },
  ];
  return { state: ended(withoutCall(state, call.key.linkedid), call.key.linkedid), facts };
}

/** Remembers for a resync under way that this call is over, though a list may still show it. */
function ended(state: AmiState, linkedid: string): AmiState {
  if (state.sync === undefined || linkedid === "") return state;
  return { ...state, sync: { ...state.sync, ended: { value: linkedid, next: state.sync.ended } } };
}

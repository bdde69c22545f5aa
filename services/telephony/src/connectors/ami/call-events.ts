import { bounded } from "../../facts/caller.ts";
import type { OfferEndReason, UnnumberedFact } from "../../facts/facts.ts";
import { extensionOf, offerEndOfHangup } from "../pbx/phones.ts";
import { takeOver } from "./consults.ts";
import { type AmiFrame, field } from "./frame.ts";
import { behindAnswered, consulted, pairOf, phoneOf, withBehind, withoutBehind } from "./local.ts";
import { type AmiState, type Behind, callOf, type Offer, type Step, type TrackedCall, withAlias, withoutCall } from "./state.ts";
import {
  changed,
  findOffer,
  type Handler,
  leftQueue,
  linkedidOf,
  nothing,
  offerEnded,
  offered,
  released,
  withoutOffer,
  withUnanswered,
} from "./steps.ts";

/** A phone rings for a caller who is with no queue any more: the target of a transfer, or the next step of the dial plan. */
export const dialBegin: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  const dialled = behindOf(frame, at);
  const { channel, extension, pair } = dialled;
  if (call === undefined || channel === "") return nothing(state);
  const by = pairOf(field(frame, "Channel"));
  if (field(frame, "Uniqueid") !== call.channel) return by === "" ? nothing(state) : changed(state, withBehind(call, by, dialled));
  if (call.stage === "waiting" || call.stage === "connecting" || findOffer(call, channel) !== undefined) return nothing(state);
  const offer: Offer = { channel, pair, extension, queue: "", via: "transfer", at, unanswered: false };
  const { call: left, facts } = leftQueue(call, "other");
  return changed(state, { ...left, waitsSince: at, stage: "elsewhere", offers: [...left.offers, offer] }, [...facts, offered(call, offer)]);
};

function behindOf(frame: AmiFrame, at: number): Behind {
  const name = field(frame, "DestChannel");
  return { channel: field(frame, "DestUniqueid"), pair: pairOf(name), extension: extensionOf(name), at, answered: false };
}

/** The other statuses do not tell why (a queue says NOANSWER of busy and declining phones too): the phone's Hangup does. */
const DIAL_STATUS: Readonly<Record<string, OfferEndReason>> = { CANCEL: "cancelled", BUSY: "busy" };

export const dialEnd: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame)) ?? callOf(state, linkedidOf(frame, "Dest"));
  const offer = call && findOffer(call, field(frame, "DestUniqueid"));
  const status = field(frame, "DialStatus");
  const by = pairOf(field(frame, "Channel"));
  if (call !== undefined && offer === undefined && by !== "" && status === "ANSWER")
    return changed(state, behindAnswered(call, by, behindOf(frame, at)));
  if (call === undefined || offer === undefined) return nothing(state);
  const { extension, channel, pair, via, queue } = offer;
  if (status !== "ANSWER") {
    const known = DIAL_STATUS[status];
    // A timeout is followed by a CANCEL for the same phone: what ended the offer was the timeout.
    if (known === undefined || offer.unanswered) return changed(state, withUnanswered(call, offer));
    return changed(state, withoutOffer(call, offer), [offerEnded(call, offer, known, at)]);
  }
  // In a queue the agent may still have to listen to an announcement: AgentConnect says when the two talk.
  if (via === "queue") return changed(state, { ...call, stage: "connecting" });
  const waitMs = Math.max(0, at - call.waitsSince);
  const phone = phoneOf(call, channel, `${pair};1`);
  return changed(state, { ...withoutOffer(call, offer), stage: "talking", talker: { ...phone, extension, queue, since: at } }, [
    { kind: "call_answered", callKey: call.key, at, extension, queue, via, waitMs, waitExact: true },
  ]);
};

/** What the exchange itself puts into bridges: nobody talks there. */
const NO_PHONE = /^(Local|CBAnn|CBRec|Announcer|Recorder|Snoop|Message|Surrogate|AsyncGoto|Bridge)\//;

/**
 * A phone joins a caller with whom nobody talks, and nothing else told that it would: the agent whom the exchange rings again when the colleague
 * did not take the call, a phone that was ringing when another phone handed it over, who takes a parked caller back.
 */
export const bridgeEnter: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  const channel = field(frame, "Uniqueid");
  const name = field(frame, "Channel");
  if (call?.stage !== "elsewhere" || call.talker !== undefined || call.channel === "" || NO_PHONE.test(name)) return nothing(state);
  if (channel === call.channel || channel === "") return nothing(state);
  const known = findOffer(call, channel);
  const extension = known?.extension ?? extensionOf(name);
  const offer: Offer = known ?? { channel, pair: "", extension, queue: "", via: "transfer", at, unanswered: false };
  const waitMs = Math.max(0, at - call.waitsSince);
  return changed(
    state,
    { ...withoutOffer(call, known), stage: "talking", talker: { channel, pair: "", extension, queue: "", since: at } },
    [
      ...(known ? [] : [offered(call, offer)]),
      { kind: "call_answered", callKey: call.key, at, extension, queue: "", via: "transfer", waitMs, waitExact: true },
    ],
  );
};

function holder(call: TrackedCall, frame: AmiFrame): string {
  const channel = field(frame, "Uniqueid");
  if (channel === call.channel) return "";
  return call.talker?.channel === channel ? call.talker.extension : extensionOf(field(frame, "Channel"));
}

export const hold: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  const channel = field(frame, "Uniqueid");
  if (call === undefined || call.held.includes(channel)) return nothing(state);
  const fact = { kind: "call_held", callKey: call.key, at, extension: holder(call, frame) } as const;
  return changed(state, { ...call, held: [...call.held, channel] }, [fact]);
};

/** Comes with every transfer, held or not. */
export const unhold: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  const channel = field(frame, "Uniqueid");
  if (call === undefined || !call.held.includes(channel)) return nothing(state);
  const fact = { kind: "call_resumed", callKey: call.key, at, extension: holder(call, frame) } as const;
  return changed(state, { ...call, held: call.held.filter((other) => other !== channel) }, [fact]);
};

function firstCall(state: AmiState, frame: AmiFrame, prefixes: readonly string[]): TrackedCall | undefined {
  for (const prefix of prefixes) {
    const call = callOf(state, linkedidOf(frame, prefix));
    if (call !== undefined) return call;
  }
  return undefined;
}

/** The one who hands over is released with it; AgentComplete may come before or after. */
function handedOver(call: TrackedCall, from: string, at: number): readonly UnnumberedFact[] {
  return call.talker?.extension === from ? [released(call, call.talker, "transferred", at)] : [];
}

export const blindTransfer: Handler = (state, frame, at) => {
  const call = firstCall(state, frame, ["Transferee", "Transferer"]);
  if (call === undefined || field(frame, "Result") !== "Success") return nothing(state);
  const from = extensionOf(field(frame, "TransfererChannel"));
  const to = bounded(field(frame, "Extension"));
  return changed(state, { ...call, stage: "elsewhere", waitsSince: at, talker: undefined }, [
    { kind: "call_transferred", callKey: call.key, at, from, to, type: "blind" },
    ...handedOver(call, from, at),
  ]);
};

/** The consultation was a call of its own that no queue knew; the caller's call goes on with the target, under either Linkedid. */
export const attendedTransfer: Handler = (state, frame, at) => {
  const call = firstCall(state, frame, ["Transferee", "OrigTransferer", "SecondTransferer", "TransferTarget"]);
  if (call === undefined || field(frame, "Result") !== "Success") return nothing(state);
  const from = extensionOf(field(frame, "OrigTransfererChannel"));
  const name = field(frame, "TransferTargetChannel");
  const handed = handedOver(call, from, at);
  // The exchange may name the half that the agent talked to, or nothing.
  if (call.consults !== undefined && (name === "" || pairOf(name) !== "")) {
    const after = takeOver(call, call.consults, at);
    const told = { kind: "call_transferred", callKey: call.key, at, from, to: call.consults.queue, type: "attended" } as const;
    return changed(state, after.call, [told, ...handed, ...after.facts]);
  }
  const merged = withAlias(state, linkedidOf(frame, "SecondTransferer"), call);
  const target = name === "" ? consulted(call) : targetOf(call, field(frame, "TransferTargetUniqueid"), name, at);
  const to = name === "" ? (target?.extension ?? "") : extensionOf(name);
  const told: UnnumberedFact[] = [{ kind: "call_transferred", callKey: call.key, at, from, to, type: "attended" }, ...handed];
  const after: TrackedCall = { ...call, stage: "elsewhere", talker: undefined, waitsSince: at };
  if (target === undefined) return changed(merged, after, told);
  const { channel, pair, extension, answered } = target;
  const offer: Offer = { channel, pair, extension, queue: "", via: "transfer", at, unanswered: false };
  const facts = [...told, offered(call, offer)];
  if (!answered) return changed(merged, { ...after, offers: [...call.offers, offer] }, facts);
  return changed(merged, { ...after, stage: "talking", talker: { channel, pair, extension, queue: "", since: at } }, [
    ...facts,
    { kind: "call_answered", callKey: call.key, at, extension, queue: "", via: "transfer", waitMs: 0, waitExact: true },
  ]);
};

/** Who is at the other end of a consultation: the phone behind a Local channel says better whose it is than what was dialled. */
function targetOf(call: TrackedCall, channel: string, name: string, at: number): Behind {
  const phone = phoneOf(call, channel, name);
  const behind = [...call.pairs.values()].find((one) => one.channel === phone.channel);
  return { ...phone, extension: behind?.extension ?? extensionOf(name), at, answered: true };
}

export const hangup: Handler = (state, frame, at) => {
  const linkedid = linkedidOf(frame);
  const call = callOf(state, linkedid);
  if (call === undefined) return nothing(ended(state, field(frame, "Uniqueid") === linkedid ? linkedid : ""));
  const channel = field(frame, "Uniqueid");
  const cause = Number(field(frame, "Cause")) || 0;
  const offer = findOffer(call, channel);
  if (isCaller(call, channel, frame)) {
    const replaced = call.local && call.talker !== undefined;
    return replaced ? changed(state, { ...call, channel: "", local: false }) : callerGone(state, call, frame, cause, at);
  }
  if (offer !== undefined) {
    const reason = offerEndOfHangup(cause, field(frame, "ChannelState") !== DOWN, offer.unanswered);
    return changed(state, withoutOffer(call, offer), [offerEnded(call, offer, reason, at)]);
  }
  // AgentComplete comes before this, but not when the caller was taken away from the agent by a Redirect.
  if (call.talker?.channel !== channel) return withoutBehind(state, call, channel);
  const reason = call.talker.queue === "" ? "agent_hung_up" : "other";
  return changed(state, { ...call, stage: "elsewhere", talker: undefined }, [released(call, call.talker, reason, at)]);
};

/** After a Local channel was replaced by the real one, the caller is whoever is on the line and is neither agent nor Local. */
function isCaller(call: TrackedCall, channel: string, frame: AmiFrame): boolean {
  if (call.channel !== "") return channel === call.channel;
  if (channel === call.talker?.channel || findOffer(call, channel) !== undefined) return false;
  return !field(frame, "Channel").startsWith("Local/");
}

/** ChannelState of a phone that never rang. */
const DOWN = "0";

function callerGone(state: AmiState, call: TrackedCall, frame: AmiFrame, causeCode: number, at: number): Step {
  const { waitEnd } = call;
  const facts: UnnumberedFact[] = [
    ...call.offers.map((offer) => offerEnded(call, offer, offer.unanswered ? "no_answer" : "cancelled", at)),
    ...(call.talker ? [released(call, call.talker, "caller_hung_up", at)] : []),
    ...(waitEnd && call.stage === "abandoned"
      ? [{ kind: "call_abandoned", callKey: call.key, queue: call.queue, ...waitEnd } as const]
      : leftQueue(call, "other").facts),
    { kind: "call_ended", callKey: call.key, at, causeCode, causeText: bounded(field(frame, "Cause-txt")) },
  ];
  return { state: ended(withoutCall(state, call.key.linkedid), call.key.linkedid), facts };
}

/** Remembers for a resync under way that this call is over, though a list may still show it. */
function ended(state: AmiState, linkedid: string): AmiState {
  if (state.sync === undefined || linkedid === "") return state;
  return { ...state, sync: { ...state.sync, ended: { value: linkedid, next: state.sync.ended } } };
}

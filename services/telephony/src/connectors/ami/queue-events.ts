import { callKeyOf } from "../../facts/call-keys.ts";
import { bounded } from "../../facts/caller.ts";
import type { AgentReleased, LeaveReason } from "../../facts/facts.ts";
import { beginConsulting, beginsConsulting } from "./consults.ts";
import { field } from "./frame.ts";
import { pairOf, phoneOf } from "./local.ts";
import { callOf, type Offer } from "./state.ts";
import {
  changed,
  findOffer,
  type Handler,
  leftQueue,
  linkedidOf,
  memberExtensionOf,
  newCall,
  nothing,
  offerEnded,
  offered,
  queueCall,
  released,
  waitOf,
  withoutOffer,
  withUnanswered,
} from "./steps.ts";
import { memberOf } from "./sync.ts";

/** app_queue's events: https://docs.asterisk.org/Asterisk_22_Documentation/API_Documentation/AMI_Events/ */

export const queueCallerJoin: Handler = (state, frame, at) => {
  const linkedid = linkedidOf(frame);
  if (linkedid === "") return nothing(state);
  const known = callOf(state, linkedid);
  if (known !== undefined && beginsConsulting(known, frame)) return beginConsulting(state, known, frame);
  const before = known ? leftQueue(known, "other") : undefined;
  const fresh = newCall(frame, known?.key.linkedid ?? linkedid);
  // A call that comes to a further queue keeps what was known of its caller: a transfer may have changed the channel's number.
  const call = { ...fresh, caller: known?.caller ?? fresh.caller, pairs: known?.pairs ?? fresh.pairs, waitsSince: at, waitSeen: true };
  const position = Number(field(frame, "Position")) || 1;
  return changed(state, call, [
    ...(before?.facts ?? []),
    { kind: "call_queued", callKey: call.key, at, ...call.caller, queue: call.queue, position },
  ]);
};

export const agentCalled: Handler = (state, frame, at) => {
  if (linkedidOf(frame) === "") return nothing(state);
  const call = queueCall(state, frame);
  const channel = field(frame, "DestUniqueid");
  if (findOffer(call, channel) !== undefined) return nothing(state);
  const offer: Offer = {
    channel,
    pair: pairOf(field(frame, "DestChannel")),
    extension: memberExtensionOf(frame),
    queue: bounded(field(frame, "Queue")),
    via: "queue",
    at,
    unanswered: false,
  };
  return changed(state, { ...call, offers: [...call.offers, offer] }, [offered(call, offer)]);
};

/** Comes for busy and declining phones too, with the same words: only the Hangup of the phone's channel tells them apart. */
export const agentRingNoAnswer: Handler = (state, frame) => {
  const call = callOf(state, linkedidOf(frame));
  const offer = call && findOffer(call, field(frame, "DestUniqueid"));
  return call && offer ? changed(state, withUnanswered(call, offer)) : nothing(state);
};

/** The agent took the phone off and hung up before the caller was put through. */
export const agentDump: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  const offer = call && findOffer(call, field(frame, "DestUniqueid"));
  if (call === undefined || offer === undefined) return nothing(state);
  return changed(state, { ...withoutOffer(call, offer), stage: "waiting" }, [offerEnded(call, offer, "rejected", at)]);
};

export const agentConnect: Handler = (state, frame, at) => {
  if (linkedidOf(frame) === "") return nothing(state);
  const call = queueCall(state, frame);
  const channel = field(frame, "DestUniqueid");
  const extension = memberExtensionOf(frame);
  const queue = bounded(field(frame, "Queue"));
  const after = withoutOffer(call, findOffer(call, channel));
  const phone = phoneOf(call, channel, field(frame, "DestChannel"));
  return changed(state, { ...after, stage: "talking", talker: { ...phone, extension, queue, since: at } }, [
    { kind: "call_answered", callKey: call.key, at, extension, queue, via: "queue", ...waitOf(call, frame, at) },
  ]);
};

const RELEASE: Readonly<Record<string, AgentReleased["reason"]>> = {
  caller: "caller_hung_up",
  agent: "agent_hung_up",
  transfer: "transferred",
};

/**
 * The talk is over. After a Redirect it comes late, when the caller has long been talking to somebody else: an agent who was released before
 * is not released again.
 */
export const agentComplete: Handler = (state, frame, at) => {
  const linkedid = linkedidOf(frame);
  const call = callOf(state, linkedid);
  const extension = memberExtensionOf(frame);
  const reason = RELEASE[field(frame, "Reason")] ?? "other";
  if (call === undefined) {
    const talkMs = (Number(field(frame, "TalkTime")) || 0) * 1000;
    const fact = { kind: "agent_released", callKey: callKeyOf(linkedid), at, extension, reason, talkMs } as const;
    return { state, facts: linkedid === "" ? [] : [fact] };
  }
  if (call.talker?.extension !== extension) return nothing(state);
  return changed(state, { ...call, stage: "elsewhere", talker: undefined }, [released(call, call.talker, reason, at)]);
};

/** Comes on a timeout too: whether the caller hung up shows next, by QUEUESTATUS or by the Hangup. */
export const queueCallerAbandon: Handler = (state, frame, at) => {
  if (linkedidOf(frame) === "") return nothing(state);
  const call = queueCall(state, frame);
  const waitEnd = { at, ...waitOf(call, frame, at) };
  return changed(state, { ...call, stage: "abandoned", waitEnd });
};

/** Says only that the caller waits no more; whether for an agent or otherwise, other events tell. */
export const queueCallerLeave: Handler = (state, frame, at) => {
  const call = callOf(state, linkedidOf(frame));
  if (call?.stage !== "waiting") return nothing(state);
  return changed(state, { ...call, stage: "leaving", waitEnd: { at, ...waitOf(call, frame, at) } });
};

const QUEUE_STATUS: Readonly<Record<string, LeaveReason>> = {
  TIMEOUT: "timeout",
  FULL: "full",
  JOINEMPTY: "no_agents",
  LEAVEEMPTY: "no_agents",
  JOINUNAVAIL: "no_agents",
  LEAVEUNAVAIL: "no_agents",
  WITHDRAW: "withdrawn",
};

/** Queue() leaves its result in a variable: nothing else tells a timeout from a full or empty queue. */
export const queueStatusVariable: Handler = (state, frame, at) => {
  const status = field(frame, "Value");
  const reason = QUEUE_STATUS[status];
  const linkedid = linkedidOf(frame);
  if (field(frame, "Variable") !== "QUEUESTATUS" || reason === undefined || linkedid === "") return nothing(state);
  const call = callOf(state, linkedid);
  if (call?.waitEnd !== undefined) {
    const left = leftQueue(call, reason);
    return changed(state, left.call, left.facts);
  }
  if (status !== "FULL" && !status.startsWith("JOIN")) return nothing(state);
  const refused = call ?? { ...newCall(frame, linkedid), stage: "elsewhere" };
  return changed(state, refused, [{ kind: "call_refused", callKey: refused.key, at, ...refused.caller, reason }]);
};

export const memberChanged: Handler = (state, frame, at) => {
  return { state, facts: [{ kind: "member_changed", at, ...memberOf(frame) }] };
};

export const memberRemoved: Handler = (state, frame, at) => {
  const { queue, extension, interface: address } = memberOf(frame);
  return { state, facts: [{ kind: "member_removed", at, queue, extension, interface: address }] };
};

import type { PbxFact } from "../../facts/facts.ts";
import { attendedTransfer, blindTransfer, bridgeEnter, dialBegin, dialEnd, hangup, hold, unhold } from "./call-events.ts";
import { alsoConsulting } from "./consults.ts";
import { type AmiFrame, field } from "./frame.ts";
import { localOptimizationBegin } from "./local.ts";
import {
  agentCalled,
  agentComplete,
  agentConnect,
  agentDump,
  agentRingNoAnswer,
  memberChanged,
  memberRemoved,
  queueCallerAbandon,
  queueCallerJoin,
  queueCallerLeave,
  queueStatusVariable,
} from "./queue-events.ts";
import { type AmiState, numbered } from "./state.ts";
import type { Handler } from "./steps.ts";
import { isOfSync, syncStep } from "./sync.ts";
import { stampOf } from "./values.ts";

const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ["QueueCallerJoin", queueCallerJoin],
  ["QueueCallerLeave", alsoConsulting(queueCallerLeave)],
  ["QueueCallerAbandon", alsoConsulting(queueCallerAbandon)],
  ["AgentCalled", alsoConsulting(agentCalled)],
  ["AgentRingNoAnswer", alsoConsulting(agentRingNoAnswer)],
  ["AgentDump", alsoConsulting(agentDump)],
  ["AgentConnect", alsoConsulting(agentConnect)],
  ["AgentComplete", alsoConsulting(agentComplete)],
  ["VarSet", alsoConsulting(queueStatusVariable)],
  ["QueueMemberPause", memberChanged],
  ["QueueMemberAdded", memberChanged],
  ["QueueMemberRemoved", memberRemoved],
  ["DialBegin", alsoConsulting(dialBegin)],
  ["DialEnd", alsoConsulting(dialEnd)],
  ["BridgeEnter", bridgeEnter],
  ["Hold", alsoConsulting(hold)],
  ["Unhold", alsoConsulting(unhold)],
  ["BlindTransfer", blindTransfer],
  ["AttendedTransfer", attendedTransfer],
  ["LocalOptimizationBegin", localOptimizationBegin],
  ["Hangup", alsoConsulting(hangup)],
]);

/** The events of the lists that a resync asks for. */
const LIST_EVENTS = ["CoreShowChannel", "CoreShowChannelsComplete", "QueueParams", "QueueMember", "QueueEntry", "QueueStatusComplete"];

/** What the parser must let through for the translator; everything else may be skipped unread. */
export const FACT_EVENTS: readonly string[] = [...HANDLERS.keys(), ...LIST_EVENTS];

/** The variables of VarSet that say something of a call. */
export const FACT_VARIABLES: readonly string[] = ["QUEUESTATUS"];

/** The keys that the translator reads. */
export const FACT_KEYS: readonly string[] = [
  ..."Event ActionID Timestamp Channel ChannelState CallerIDNum CallerIDName Exten Uniqueid Linkedid".split(" "),
  ..."DestChannel DestUniqueid DestLinkedid DialStatus Variable Value Cause Cause-txt".split(" "),
  ..."Queue Position Interface MemberName HoldTime TalkTime Reason Status Paused PausedReason".split(" "),
  ..."Application ApplicationData BridgeId Name Location Wait Calls".split(" "),
  ..."Result Extension TransfererChannel TransfererLinkedid TransfereeLinkedid".split(" "),
  ..."OrigTransfererChannel OrigTransfererLinkedid SecondTransfererLinkedid".split(" "),
  ..."LocalOneLinkedid LocalOneUniqueid LocalTwoUniqueid SourceUniqueid".split(" "),
  ..."TransferTargetChannel TransferTargetUniqueid TransferTargetLinkedid".split(" "),
];

/**
 * Translates one event of the Asterisk Manager into facts. Pure: the same state, frame and time give the same result.
 * @param receivedAt UTC epoch ms, used where the exchange does not stamp its events
 * @param ours an instant of the exchange's clock as one of ours
 */
export function translateAmi(
  state: AmiState,
  frame: AmiFrame,
  receivedAt: number,
  ours = (at: number) => at,
): { readonly state: AmiState; readonly facts: readonly PbxFact[] } {
  const name = field(frame, "Event");
  const handler = HANDLERS.get(name);
  if (handler !== undefined) {
    const stamped = stampOf(frame);
    return numbered(handler(state, frame, stamped === 0 ? receivedAt : ours(stamped)));
  }
  const { sync } = state;
  if (sync === undefined || !isOfSync(sync, frame)) return { state, facts: [] };
  return numbered(syncStep(state, sync, frame, receivedAt));
}

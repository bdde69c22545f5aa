import { describe, expect, it } from "@jest/globals";
import { CHANNEL, CONNECT, frame, given, JOIN, lines, RING, START } from "../../../fixtures/replay.ts";
import { translateAmi } from "./facts.ts";
import type { AmiFrame } from "./frame.ts";
import { countCalls, initialAmiState } from "./state.ts";

describe("what the recordings do not hold", () => {
  it("takes up a call that it sees first when the agent rings, with the PBX's whole seconds as its wait", () => {
    const { facts } = given([RING, CONNECT]);
    expect(lines(facts)).toEqual(["offered 1001 via queue", "answered 1001 via queue"]);
    expect(facts[1]).toMatchObject({ waitMs: 5000, waitExact: false });
  });

  it("does not lose the end of a call whose Linkedid an attended transfer replaced by an older one", () => {
    const older = "SecondTransfererLinkedid:1795307000.9|TransferTargetLinkedid:1795307000.9|TransferTargetUniqueid:1795307000.10";
    const transfer = `Event:AttendedTransfer|Result:Success|OrigTransfererChannel:PJSIP/agent1001-00000002|OrigTransfererLinkedid:1795308000.1|TransfereeLinkedid:1795308000.1|TransferTargetChannel:PJSIP/agent1002-00000010|${older}`;
    const hangup = "Event:Hangup|Uniqueid:1795308000.1|Linkedid:1795307000.9|Cause:16|ChannelState:6";
    const { facts, state } = given([JOIN, RING, CONNECT, frame(transfer), frame(hangup)]);
    expect(lines(facts).slice(3)).toEqual([
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ]);
    expect(facts.at(-1)).toMatchObject({ callKey: { linkedid: "1795308000.1" } });
    expect(state.aliases.size).toBe(0);
  });

  it("ends a call with the caller's real line when that took the place of the Local channel it came in by", () => {
    const local = (one: AmiFrame): AmiFrame => Object.assign(Object.create(null), one, { Channel: "Local/400@incoming-00000001;2" });
    const hangup = (uniqueid: string, channel: string) =>
      frame(`Event:Hangup|Uniqueid:${uniqueid}|Channel:${channel}|Linkedid:1795308000.1|Cause:16|ChannelState:6`);
    const optimised = [hangup("1795308000.1", "Local/400@incoming-00000001;2"), hangup("1795308000.0", "Local/400@incoming-00000001;1")];
    const before = given([JOIN, RING, CONNECT].map(local).concat(optimised));
    expect(lines(before.facts)).toEqual(["queued support 1 from 139", "offered 1001 via queue", "answered 1001 via queue"]);
    const after = given([hangup("1795308000.4", "PJSIP/trunk-00000004"), hangup("1795308000.2", "PJSIP/agent1001-00000002")], before.state);
    expect(lines(after.facts)).toEqual(["released 1001 caller_hung_up", "ended 16"]);
  });

  it("says that a caller left by choice when the call goes on without a result of the queue", () => {
    const leave = frame(`Event:QueueCallerLeave|${CHANNEL}|Queue:support`);
    const dial = frame(`Event:DialBegin|${CHANNEL}|DestUniqueid:1795308000.3|DestChannel:PJSIP/agent1003-00000003`);
    expect(lines(given([JOIN, leave, dial]).facts)).toEqual([
      "queued support 1 from 139",
      "call_left_queue other",
      "offered 1003 via transfer",
    ]);
  });

  it("forgets the oldest calls beyond its bound, and keeps the newest", () => {
    let state = initialAmiState({ maxCalls: 640 });
    for (let i = 0; i < 5000; i++) {
      state = translateAmi(state, frame(`Event:QueueCallerJoin|Uniqueid:1795308000.${i}|Linkedid:1795308000.${i}|Queue:q`), START).state;
    }
    expect(countCalls(state)).toBeLessThanOrEqual(640);
    expect(countCalls(state)).toBeGreaterThan(300);
    const end = frame("Event:Hangup|Uniqueid:1795308000.4999|Linkedid:1795308000.4999|Cause:16");
    expect(lines(translateAmi(state, end, START).facts)).toEqual(["ended 16"]);
  });

  it("makes nothing of events without a call, from an unknown queue's member, or with nonsense for numbers", () => {
    const odd = [
      "Event:AgentConnect",
      "Event:QueueCallerJoin|Queue:x",
      "Event:AgentComplete",
      "Event:QueueCallerAbandon",
      "Event:AgentCalled",
      "Event:Hangup|Cause:x",
      "Event:BlindTransfer|Result:Success",
      "Event:AttendedTransfer|Result:Success",
      "Event:Nothing",
    ];
    expect(given(odd.map(frame)).facts).toEqual([]);
    const member = given([frame("Event:QueueMemberAdded|Queue:q|Interface:SIP/alice|MemberName:Alice|Paused:maybe")]).facts;
    expect(member).toMatchObject([{ kind: "member_changed", extension: "alice", paused: false }]);
    expect(given([frame("Event:QueueCallerJoin|Linkedid:made-up|Queue:q|Position:NaN")]).facts).toMatchObject([
      { position: 1, callKey: { startedAt: 0, linkedid: "made-up" } },
    ]);
  });
});

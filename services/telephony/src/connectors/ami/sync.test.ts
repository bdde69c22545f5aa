import { describe, expect, it } from "@jest/globals";
import { CHANNEL, frame, given, JOIN, lines, recorded } from "../../../fixtures/replay.ts";
import type { PbxFact, Snapshot } from "../../facts/facts.ts";
import { countCalls, initialAmiState } from "./state.ts";
import { beginSync } from "./sync.ts";

describe("a resync", () => {
  const SYNC = "sync-1";
  const listed = (text: string) => frame(`${text}|ActionID:${SYNC}.x`);
  const channel = (id: string, of: string, more: string) => listed(`Event:CoreShowChannel|Uniqueid:${id}|Linkedid:${of}|${more}`);
  const done = [listed("Event:CoreShowChannelsComplete"), listed("Event:QueueStatusComplete")];
  const snapshotOf = (facts: readonly PbxFact[]) => facts.find((fact): fact is Snapshot => fact.kind === "snapshot");

  it("tells from the real PBX's lists who talks, who waits and who serves", () => {
    const { frames } = recorded("lists");
    const renamed = frames.map((one) =>
      one["ActionID"] === undefined ? one : Object.assign(Object.create(null), one, { ActionID: `${SYNC}.x` }),
    );
    const snapshot = snapshotOf(
      given(
        renamed.filter((one) => one["ActionID"] !== undefined),
        beginSync(initialAmiState(), SYNC),
      ).facts,
    );
    expect(snapshot?.liveLinkedids).toHaveLength(2);
    expect(
      snapshot?.calls.map(({ callerNumber, phase, extension, queue, position }) => [callerNumber, phase, extension, queue, position]),
    ).toEqual(
      expect.arrayContaining([
        ["13800138000", "talking", "1001", "support", 0],
        ["13900000002", "waiting", "", "support", 1],
      ]),
    );
    expect(snapshot?.members).toHaveLength(30);
    expect(snapshot?.queues.find(({ queue }) => queue === "support")).toEqual({ queue: "support", waiting: 1 });
  });

  it("follows the calls of the lists from there on", () => {
    const before = given(
      [
        channel(
          "1795308000.1",
          "1795308000.1",
          "Channel:PJSIP/trunk-00000001|ChannelState:6|CallerIDNum:139|Exten:400|Application:Queue|ApplicationData:support,,,,120|BridgeId:b",
        ),
        channel("1795308000.2", "1795308000.1", "Channel:PJSIP/agent1001-00000002|ChannelState:6|Application:AppQueue|BridgeId:b"),
        ...done,
      ],
      beginSync(initialAmiState(), SYNC),
    );
    const complete = frame(`Event:AgentComplete|${CHANNEL}|Queue:support|Interface:PJSIP/agent1001|MemberName:Agent/1001|Reason:agent`);
    expect(lines(given([complete], before.state).facts)).toEqual(["released 1001 agent_hung_up"]);
  });

  it("drops calls that the PBX no longer has, and keeps those that began while the lists came", () => {
    const known = given([JOIN, frame("Event:QueueCallerJoin|Uniqueid:1795308000.5|Linkedid:1795308000.5|Queue:sales")]).state;
    const later = frame("Event:QueueCallerJoin|Uniqueid:1795308000.7|Linkedid:1795308000.7|Queue:sales|CallerIDNum:137");
    const kept = channel(
      "1795308000.5",
      "1795308000.5",
      "Channel:PJSIP/trunk-00000005|ChannelState:6|Application:Queue|ApplicationData:sales",
    );
    const { facts, state } = given([kept, later, ...done], beginSync(known, SYNC));
    expect([...(snapshotOf(facts)?.liveLinkedids ?? [])].sort()).toEqual(["1795308000.5", "1795308000.7"]);
    expect(countCalls(state)).toBe(2);
  });

  it("does not call a call live that ended while the lists came", () => {
    const known = given([JOIN]).state;
    const list = channel(
      "1795308000.1",
      "1795308000.1",
      "Channel:PJSIP/trunk-00000001|ChannelState:6|Application:Queue|ApplicationData:support",
    );
    const end = frame("Event:Hangup|Uniqueid:1795308000.1|Linkedid:1795308000.1|Cause:16");
    const { facts } = given([list, end, ...done], beginSync(known, SYNC));
    expect(lines(facts)).toEqual(["ended 16", "snapshot"]);
    expect(snapshotOf(facts)?.liveLinkedids).toEqual([]);
  });

  it("ignores lists that somebody else asked for", () => {
    const foreign = frame("Event:QueueStatusComplete|ActionID:tl-9");
    expect(given([foreign, frame("Event:CoreShowChannelsComplete|ActionID:sync-11.x")], beginSync(initialAmiState(), SYNC)).facts).toEqual(
      [],
    );
  });
});

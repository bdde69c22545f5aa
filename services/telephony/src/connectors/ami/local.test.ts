import { describe, expect, it } from "@jest/globals";
import { CHANNEL, frame, given, JOIN, lines } from "../../../fixtures/replay.ts";

const LINKED = "Linkedid:1795308000.1";
const dial = (event: string, from: string, to: string, more = "") => {
  const [channel, uniqueid] = from.split(" ");
  const [destChannel, destUniqueid] = to.split(" ");
  return frame(
    `Event:${event}|Channel:${channel}|Uniqueid:${uniqueid}|${LINKED}|DestChannel:${destChannel}|DestUniqueid:${destUniqueid}|Dest${LINKED}${more}`,
  );
};
const ONE = "Local/1001@internal-0000002a;1 1795308000.2";
const TWO = "Local/1001@internal-0000002a;2 1795308000.3";
const PHONE = "PJSIP/agent1001-0000002b 1795308000.4";
const CALLER = "PJSIP/trunk-00000001 1795308000.1";
const MEMBER = "|Queue:support|Interface:Local/1001@internal|MemberName:Local/1001@internal";

const called = dial("AgentCalled", CALLER, ONE, MEMBER);
const dials = dial("DialBegin", TWO, PHONE);
const answers = dial("DialEnd", TWO, PHONE, "|DialStatus:ANSWER");
const connects = dial("AgentConnect", CALLER, ONE, `${MEMBER}|HoldTime:1`);
const hangup = (channel: string) => {
  const [name, uniqueid] = channel.split(" ");
  return frame(`Event:Hangup|Channel:${name}|Uniqueid:${uniqueid}|${LINKED}|Cause:16|ChannelState:6`);
};
const optimised = (source: string) =>
  frame(
    `Event:LocalOptimizationBegin|LocalOneUniqueid:1795308000.2|LocalOneLinkedid:1795308000.1|LocalTwoUniqueid:1795308000.3|SourceUniqueid:${source.split(" ")[1]}`,
  );
const gone = [hangup(ONE), hangup(TWO)];
const TALKS = ["queued support 1 from 139", "offered 1001 via queue", "answered 1001 via queue"];

describe("a member reached through a pair of Local channels that the exchange takes away", () => {
  it.each([
    ["told who answered before the two were connected", [called, dials, answers, connects, ...gone]],
    ["told afterwards", [called, dials, connects, answers, ...gone]],
    ["told nothing of it, but that the phone takes over", [called, connects, optimised(PHONE), ...gone]],
    ["by taking the caller over to the phone", [called, dials, answers, connects, optimised(CALLER), ...gone]],
  ])("talks on: %s", (_, frames) => {
    const before = given([JOIN, ...frames]);
    expect(lines(before.facts)).toEqual(TALKS);
    expect(lines(given([hangup(PHONE), hangup(CALLER)], before.state).facts)).toEqual(["released 1001 other", "ended 16"]);
  });

  it("talks on when the caller was taken over and nobody saw which phone it was; the queue says when that ends", () => {
    const before = given([JOIN, called, connects, optimised(CALLER), ...gone]);
    expect(lines(before.facts)).toEqual(TALKS);
    const complete = frame(`Event:AgentComplete|${CHANNEL}${MEMBER}|Reason:agent`);
    expect(lines(given([complete], before.state).facts)).toEqual(["released 1001 agent_hung_up"]);
  });

  it("talks on behind a pair within a pair, and one that dials nothing is over with its channel", () => {
    const [IN1, IN2] = ["Local/7@more-00000001;1 1795308000.5", "Local/7@more-00000001;2 1795308000.6"];
    const nested = [dial("DialBegin", TWO, IN1), dial("DialBegin", IN2, PHONE), dial("DialEnd", IN2, PHONE, "|DialStatus:ANSWER")];
    const both = [...nested, dial("DialEnd", TWO, IN1, "|DialStatus:ANSWER"), connects, ...gone, hangup(IN1), hangup(IN2)];
    expect(lines(given([JOIN, called, ...both]).facts)).toEqual(TALKS);
    expect(lines(given([JOIN, called, connects, ...gone]).facts)).toEqual([...TALKS, "released 1001 other"]);
  });
});

describe("an agent who is off before the colleague has answered", () => {
  const [A, B] = ["Local/1002@transfer-00000001;2 1795308000.8", "PJSIP/agent1002-00000009 1795308000.9"];
  const transfer = frame(
    "Event:AttendedTransfer|Result:Success|OrigTransfererChannel:Local/1001@internal-0000002a;1|OrigTransfererLinkedid:1795308000.1|SecondTransfererLinkedid:1795308000.1|TransfereeLinkedid:1795308000.1",
  );
  it("leaves the caller with a phone that rings, and that may not be taken", () => {
    const frames = [JOIN, called, connects, dial("DialBegin", A, B), transfer];
    const rings = [...TALKS, "transferred attended 1001 to 1002", "released 1001 transferred", "offered 1002 via transfer"];
    const state = given(frames);
    expect(lines(state.facts)).toEqual(rings);
    const busy = frame(`Event:Hangup|Channel:PJSIP/agent1002-00000009|Uniqueid:1795308000.9|${LINKED}|Cause:17|ChannelState:5`);
    expect(lines(given([busy, hangup(CALLER)], state.state).facts)).toEqual(["offer ended 1002 busy", "ended 16"]);
    // A phone that was consulted before, and is off again, rings for nobody.
    const again = given([...frames.slice(0, 4), busy, transfer]);
    expect(lines(again.facts)).toEqual([...TALKS, "transferred attended 1001 to ", "released 1001 transferred"]);
  });
});

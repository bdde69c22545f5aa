import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { amiParser } from "./ami-codec.ts";
import { FACT_EVENTS, FACT_KEYS, FACT_VARIABLES, translateAmi } from "./ami-facts.ts";
import type { AmiFrame } from "./ami-frame.ts";
import { type AmiState, countCalls, initialAmiState } from "./ami-state.ts";
import { beginSync } from "./ami-sync.ts";
import type { PbxFact, Snapshot } from "./facts.ts";

const START = 1_800_000_000_000;

function frame(text: string): AmiFrame {
  const pairs = text.split("|").map((pair) => [pair.slice(0, pair.indexOf(":")), pair.slice(pair.indexOf(":") + 1)] as const);
  return Object.assign(Object.create(null), Object.fromEntries(pairs));
}

function given(frames: readonly AmiFrame[], state: AmiState = initialAmiState()): { state: AmiState; facts: PbxFact[] } {
  const facts: PbxFact[] = [];
  let at = START;
  let now = state;
  for (const one of frames) {
    const step = translateAmi(now, one, at++);
    now = step.state;
    facts.push(...step.facts);
  }
  return { state: now, facts };
}

/** A recording of the real PBX through codec and translator, one millisecond a frame. */
function recorded(scenario: string, state?: AmiState): { state: AmiState; facts: PbxFact[]; frames: AmiFrame[] } {
  const frames: AmiFrame[] = [];
  const options = { events: FACT_EVENTS, keys: FACT_KEYS, variables: FACT_VARIABLES };
  const parser = amiParser({ ...options, onFrame: (one) => one["Event"] !== undefined && frames.push(one) });
  parser.push(readFileSync(new URL(`../../fixtures/ami/${scenario}.ami`, import.meta.url)));
  return { ...given(frames, state), frames };
}

/** A fact in one line: kind and what it is about; members' states left out. */
function line(fact: PbxFact): string {
  switch (fact.kind) {
    case "call_queued":
      return `queued ${fact.queue} ${fact.position} from ${fact.callerNumber}`;
    case "agent_offered":
      return `offered ${fact.extension} via ${fact.via}`;
    case "agent_offer_ended":
      return `offer ended ${fact.extension} ${fact.reason}`;
    case "call_answered":
      return `answered ${fact.extension} via ${fact.via}`;
    case "agent_released":
      return `released ${fact.extension} ${fact.reason}`;
    case "call_transferred":
      return `transferred ${fact.type} ${fact.from} to ${fact.to}`;
    case "call_held":
    case "call_resumed":
      return `${fact.kind} by ${fact.extension}`;
    case "call_abandoned":
      return `abandoned ${fact.queue}`;
    case "call_left_queue":
    case "call_refused":
      return `${fact.kind} ${fact.reason}`;
    case "call_ended":
      return `ended ${fact.causeCode}`;
    default:
      return fact.kind;
  }
}

function lines(facts: readonly PbxFact[]): string[] {
  return facts.filter(({ kind }) => kind !== "member_status").map(line);
}

const QUEUED = "queued support 1 from 13800138000";

describe("calls of the real PBX, as facts", () => {
  const expected: Readonly<Record<string, readonly string[]>> = {
    answered: [QUEUED, "offered 1001 via queue", "answered 1001 via queue", "released 1001 caller_hung_up", "ended 16"],
    "agent-hangs-up": [QUEUED, "offered 1001 via queue", "answered 1001 via queue", "released 1001 agent_hung_up", "ended 16"],
    abandoned: [QUEUED, "offered 1001 via queue", "offer ended 1001 cancelled", "abandoned support", "ended 0"],
    "short-abandon": [QUEUED, "offered 1001 via queue", "offer ended 1001 cancelled", "abandoned support", "ended 0"],
    "nobody-serves": [QUEUED, "abandoned support", "ended 0"],
    "internal-call": [],
    "queue-closed": ["call_refused no_agents", "ended 16"],
    "ring-no-answer": [
      QUEUED,
      "offered 1002 via queue",
      "offer ended 1002 no_answer",
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
    busy: [
      QUEUED,
      "offered 1002 via queue",
      "offer ended 1002 busy",
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
    declined: [
      QUEUED,
      "offered 1001 via queue",
      "offer ended 1001 rejected",
      "offered 1002 via queue",
      "answered 1002 via queue",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "no-phones": [
      QUEUED,
      "offered 1001 via queue",
      "offer ended 1001 unavailable",
      "offered 1002 via queue",
      "offer ended 1002 cancelled",
      "abandoned support",
      "ended 0",
    ],
    hold: [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "call_resumed by 1001",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
    "blind-transfer": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "transferred blind 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "blind-transfer-unanswered": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "transferred blind 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "offer ended 1002 busy",
      "ended 17",
    ],
    "redirect-by-manager": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 other",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "transfer-to-queue": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "transferred blind 1001 to 401",
      "released 1001 transferred",
      "queued sales 1 from 13800138000",
      "offered 1002 via queue",
      "answered 1002 via queue",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "attended-transfer": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "call_resumed by 1001",
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "queue-timeout": [QUEUED, "offered 1001 via queue", "call_left_queue timeout", "offer ended 1001 no_answer", "ended 16"],
    "originated-caller": [
      "queued support 1 from 13700137000",
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
  };
  for (const [scenario, facts] of Object.entries(expected)) {
    it(`tells the recording ${scenario} as it was`, () => {
      expect(lines(recorded(scenario).facts)).toEqual(facts);
    });
  }

  it("tells a transfer by the manager as one by the phone", () => {
    expect(lines(recorded("blind-transfer-by-manager").facts)).toEqual(expected["blind-transfer"]);
  });

  it("keeps four calls at once apart", () => {
    const { facts } = recorded("concurrent");
    const byCall = Object.groupBy(
      facts.filter((fact) => "callKey" in fact),
      (fact) => fact.callKey.linkedid,
    );
    const stories = Object.values(byCall).map((ofCall) => lines(ofCall ?? []).join(", "));
    expect(stories.map((story) => story.replace(/queued support [0-9] /, "queued ")).sort()).toEqual([
      "queued from 13900000001, offered 1001 via queue, answered 1001 via queue, released 1001 caller_hung_up, ended 16",
      "queued from 13900000002, abandoned support, ended 0",
      "queued from 13900000003, offered 1003 via queue, answered 1003 via queue, released 1003 caller_hung_up, ended 16",
      "queued from 13900000004, offered 1002 via queue, offer ended 1002 cancelled, abandoned support, ended 0",
    ]);
  });

  it("tells who was turned away at a full queue apart from who waits in it", () => {
    const { facts } = recorded("queue-full");
    expect(lines(facts)).toEqual(["queued small 1 from 13900000001", "call_refused full", "ended 16", "abandoned small", "ended 0"]);
    expect(facts.find(({ kind }) => kind === "call_refused")).toMatchObject({ callerNumber: "13900000002", dialedNumber: "403" });
  });

  it("numbers facts without gaps, follows no call beyond its end, and names each call by the PBX's own data", () => {
    for (const scenario of Object.keys(expected)) {
      const { facts, state } = recorded(scenario, initialAmiState({ seq: 7 }));
      expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, i) => 8 + i));
      expect(countCalls(state)).toBe(0);
      for (const fact of facts)
        if ("callKey" in fact) expect(fact.callKey.startedAt).toBe(Math.floor(Number(fact.callKey.linkedid)) * 1000);
    }
  });

  it("is pure: the same frames give the same facts, and an earlier state stays what it was", () => {
    const first = recorded("blind-transfer");
    const state = initialAmiState();
    expect(given(first.frames, state).facts).toEqual(given(first.frames, state).facts);
    expect(state).toEqual(initialAmiState());
  });

  it("takes the PBX's own time where its events carry it", () => {
    const { facts } = recorded("answered-timestamps");
    const answered = facts.find(({ kind }) => kind === "call_answered");
    expect(answered).toMatchObject({ waitExact: true });
    expect(answered?.at).toBeLessThan(START);
    expect(answered?.at).toBeGreaterThan(1_795_308_000_000);
    expect((answered as { waitMs: number }).waitMs).toBeGreaterThan(500);
  });

  it("reports pauses with their reason and the state of every phone", () => {
    const states = recorded("paused-agent").facts.filter((fact) => fact.kind === "member_status");
    expect(states[0]).toMatchObject({
      queue: "support",
      extension: "1002",
      interface: "PJSIP/agent1002",
      paused: true,
      reason: "Lunch, 午餐",
      state: "idle",
    });
    expect(states.filter(({ extension }) => extension === "1001").map(({ state }) => state)).toEqual(["ringing", "in_use", "idle"]);
    expect(states.findLast(({ extension }) => extension === "1002")).toMatchObject({ paused: false, reason: "" });
  });
});

describe("who calls", () => {
  const queued = (scenario: string) => recorded(scenario).facts.find((fact) => fact.kind === "call_queued");

  it("has no number when it is withheld", () => {
    expect(queued("caller-anonymous")).toMatchObject({ callerNumber: "", callerName: "Anonymous", callerFlags: ["withheld"] });
  });

  it("is cut at 64 characters and says so", () => {
    const caller = queued("caller-200-characters");
    expect(caller).toMatchObject({ callerNumber: "9".repeat(64), callerName: "N".repeat(64), callerFlags: ["cut"] });
  });

  it("has no control characters, and says that there were some", () => {
    expect(queued("caller-garbage")).toMatchObject({
      callerName: 'Zhāng Wěi 张伟 \\\\\\"VIP\\\\\\"',
      callerFlags: ["withheld", "cleaned"],
    });
  });

  it("is flagged when it is no telephone number, and kept whole when it is an odd one", () => {
    const caller = (number: string) => given([frame(`Event:QueueCallerJoin|Linkedid:1795308000.1|Queue:q|CallerIDNum:${number}`)]).facts[0];
    expect(caller("<script>'; DROP")).toMatchObject({ callerNumber: "<script>'; DROP", callerFlags: ["not_a_number"] });
    expect(caller("+86 (10) 6552-9988")).toMatchObject({ callerNumber: "+86 (10) 6552-9988", callerFlags: [] });
  });
});

const CHANNEL = "Uniqueid:1795308000.1|Linkedid:1795308000.1|CallerIDNum:139|Exten:400";
const DEST = "DestUniqueid:1795308000.2|DestChannel:PJSIP/agent1001-00000002";
const JOIN = frame(`Event:QueueCallerJoin|Channel:PJSIP/trunk-00000001|${CHANNEL}|Queue:support|Position:1`);
const RING = frame(
  `Event:AgentCalled|Channel:PJSIP/trunk-00000001|${CHANNEL}|${DEST}|Queue:support|Interface:PJSIP/agent1001|MemberName:Agent/1001`,
);
const CONNECT = frame(
  `Event:AgentConnect|Channel:PJSIP/trunk-00000001|${CHANNEL}|${DEST}|Queue:support|Interface:PJSIP/agent1001|MemberName:Agent/1001|HoldTime:5`,
);

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
      "released 1002 caller_hung_up",
      "ended 16",
    ]);
    expect(facts.at(-1)).toMatchObject({ callKey: { linkedid: "1795308000.1" } });
    expect(state.aliases.size).toBe(0);
  });

  it("does not end a call when the Local channel that it came in by is replaced by the real one", () => {
    const local = (one: AmiFrame): AmiFrame => Object.assign(Object.create(null), one, { Channel: "Local/400@incoming-00000001;2" });
    const hangup = (uniqueid: string) => frame(`Event:Hangup|Uniqueid:${uniqueid}|Linkedid:1795308000.1|Cause:16|ChannelState:6`);
    const { facts } = given([JOIN, RING, CONNECT].map(local).concat(hangup("1795308000.1")));
    expect(lines(facts)).not.toContain("ended 16");
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
    const member = given([frame("Event:QueueMemberStatus|Queue:q|Interface:SIP/alice|MemberName:Alice|Status:99|Paused:maybe")]).facts;
    expect(member).toMatchObject([{ kind: "member_status", extension: "alice", state: "unknown", paused: false }]);
    expect(given([frame("Event:QueueCallerJoin|Linkedid:made-up|Queue:q|Position:NaN")]).facts).toMatchObject([
      { position: 1, callKey: { startedAt: 0, linkedid: "made-up" } },
    ]);
  });
});

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

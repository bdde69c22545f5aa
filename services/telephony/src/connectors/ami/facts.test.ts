import { describe, expect, it } from "@jest/globals";
import { frame, given, lines, recorded, START } from "../../../fixtures/replay.ts";
import { countCalls, initialAmiState } from "./state.ts";

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
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "attended-by-manager": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "attended-while-ringing": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "attended-not-taken": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "transferred attended 1001 to 1002",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "offer ended 1002 rejected",
      "offered 1001 via transfer",
      "answered 1001 via transfer",
      "released 1001 agent_hung_up",
      "ended 16",
    ],
    "attended-by-phone-while-ringing": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "call_resumed by 1001",
      "transferred attended 1001 to ",
      "released 1001 transferred",
      "offered 1002 via transfer",
      "answered 1002 via transfer",
      "released 1002 caller_hung_up",
      "ended 16",
    ],
    "attended-given-back": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "call_resumed by 1001",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
    "attended-outside": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "call_held by 1001",
      "transferred attended 1001 to 13700137000",
      "released 1001 transferred",
      "offered trunk via transfer",
      "answered trunk via transfer",
      "released trunk caller_hung_up",
      "ended 16",
    ],
    "transfer-to-queue-abandoned": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "transferred blind 1001 to 401",
      "released 1001 transferred",
      "queued sales 1 from 13800138000",
      "abandoned sales",
      "ended 16",
    ],
    "second-queue": [
      "queued sales 1 from 13800138000",
      "call_left_queue timeout",
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 caller_hung_up",
      "ended 16",
    ],
    "second-queue-abandoned": ["queued sales 1 from 13800138000", "call_left_queue timeout", QUEUED, "abandoned support", "ended 0"],
    "local-member": [
      QUEUED,
      "offered 1001 via queue",
      "answered 1001 via queue",
      "released 1001 caller_hung_up",
      "ended 16",
      "member_removed",
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
  it("tells a call that came through a Local channel as any other", () => {
    expect(lines(recorded("local-caller").facts)).toEqual(expected["originated-caller"]);
  });

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

  it("reports pauses with their reason, and nothing of what phones do", () => {
    const members = recorded("paused-agent").facts.filter((fact) => fact.kind === "member_changed");
    expect(members.map(({ queue, extension, paused, reason }) => [queue, extension, paused, reason])).toEqual([
      ["support", "1002", true, "Lunch, 午餐"],
      ["sales", "1002", true, "Lunch, 午餐"],
      ["support", "1002", false, ""],
      ["sales", "1002", false, ""],
    ]);
    expect(members[0]).toMatchObject({ interface: "PJSIP/agent1002" });
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

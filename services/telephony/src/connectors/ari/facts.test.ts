import { readdirSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { replayed, told } from "../../../fixtures/ari/replay.ts";
import { allCalls } from "../routed/state.ts";

const QUEUED = "queued 500 1 from 13800138000";
const OFFERED = [QUEUED, "offered 1001 via queue"];
const ANSWERED = [...OFFERED, "answered 1001 via queue"];
const BY_1002 = ["offered 1002 via queue", "answered 1002 via queue", "released 1002 caller_hung_up", "ended 16"];
const CALLER_HANGS_UP = ["released 1001 caller_hung_up", "ended 16"];
const HANDED_ON = ["answered 1002 via transfer", "released 1002 caller_hung_up", "ended 16"];

/** The caller's own channel is hung up: an order of before, when a call that was handed on and not taken ended. */
const LET_GO = / hang_up \d+\.\d+$/;

/** What each recording of the real PBX says, in facts; snapshots where the recording is about them. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  answered: [...ANSWERED, ...CALLER_HANGS_UP],
  "agent-hangs-up": [...ANSWERED, "released 1001 agent_hung_up", "ended 16"],
  "we-hang-up": [...ANSWERED, "released 1001 agent_hung_up", "ended 16"],
  abandoned: [...OFFERED, "offer ended 1001 cancelled", "abandoned 500", "ended 0"],
  "short-abandon": [QUEUED, "abandoned 500", "ended 0"],
  "ring-no-answer": [...OFFERED, "offer ended 1001 no_answer", ...BY_1002],
  busy: [...OFFERED, "offer ended 1001 busy", ...BY_1002],
  declined: [...OFFERED, "offer ended 1001 rejected", ...BY_1002],
  "no-phones": [QUEUED, "offered 1019 via queue", "offer ended 1019 unavailable", "abandoned 500", "ended 0"],
  withdrawn: [...OFFERED, "offer ended 1001 cancelled", "abandoned 500", "ended 0"],
  "stale-offer": [...OFFERED, "offer ended 1001 cancelled", ...BY_1002.slice(0, 3), "ended 0"],
  "two-phones": [...OFFERED, "offered 1002 via queue", "answered 1001 via queue", "offer ended 1002 cancelled", ...CALLER_HANGS_UP],
  hold: [...ANSWERED, "call_held by 1001", "call_resumed by 1001", ...CALLER_HANGS_UP],
  "hold-by-us": [...ANSWERED, "call_held by 1001", "call_resumed by 1001", ...CALLER_HANGS_UP],
  "blind-transfer": [...ANSWERED, "transferred blind 1001 to 1002", "released 1001 transferred", "offered 1002 via transfer", ...HANDED_ON],
  "blind-transfer-by-phone": [
    ...ANSWERED,
    "transferred blind 1001 to 1002",
    "released 1001 transferred",
    "offered 1002 via transfer",
    ...HANDED_ON,
  ],
  "blind-transfer-unanswered": [
    ...ANSWERED,
    "transferred blind 1001 to 1002",
    "released 1001 transferred",
    "offered 1002 via transfer",
    "offer ended 1002 busy",
    QUEUED,
    // Recorded when such a caller was let go.
    "abandoned 500",
    "ended 16",
  ],
  "attended-transfer": [
    ...ANSWERED,
    "offered 1002 via transfer",
    "call_held by 1001",
    "agent_consulted",
    "call_resumed by 1001",
    "transferred attended 1001 to 1002",
    "released 1001 transferred",
    ...HANDED_ON,
  ],
  "attended-transfer-by-phone": [
    ...ANSWERED,
    "call_held by 1001",
    "call_resumed by 1001",
    "transferred attended 1001 to 1002",
    "released 1001 transferred",
    ...HANDED_ON,
  ],
  "attended-declined": [
    ...ANSWERED,
    "offered 1002 via transfer",
    "call_held by 1001",
    "offer ended 1002 rejected",
    "call_resumed by 1001",
    ...CALLER_HANGS_UP,
  ],
  "attended-unanswered": [
    ...ANSWERED,
    "offered 1002 via transfer",
    "call_held by 1001",
    "call_resumed by 1001",
    "transferred blind 1001 to 1002",
    "released 1001 transferred",
    ...HANDED_ON,
  ],
  originated: ["offered 1001 via outbound", "answered 1001 via outbound", "released 1001 agent_hung_up", "ended 16"],
  "originated-busy": ["offered 1001 via outbound", "offer ended 1001 cancelled", "ended 17"],
  "caller-anonymous": ["queued 500 1 from ", ...ANSWERED.slice(1), ...CALLER_HANGS_UP],
  "caller-garbage": ["queued 500 1 from ", ...ANSWERED.slice(1), ...CALLER_HANGS_UP],
  concurrent: [
    "queued 500 1 from 13900000001",
    "queued 500 2 from 13900000002",
    "offered 1001 via queue",
    "offered 1002 via queue",
    "answered 1001 via queue",
    "answered 1002 via queue",
    ...CALLER_HANGS_UP,
    "released 1002 agent_hung_up",
    "ended 16",
  ],
  reconnect: [
    "snapshot",
    "queued 500 1 from 13900000001",
    ...ANSWERED.slice(1),
    "queued 500 1 from 13900000002",
    "queued 500 2 from 13900000003",
    "offered 1002 via queue",
    "snapshot",
    "answered 1002 via queue",
    "released 1002 agent_hung_up",
    "snapshot",
    "ended 16",
    ...CALLER_HANGS_UP,
  ],
  "picked-up-in-cut": ["snapshot", ...OFFERED, "offer ended 1001 unavailable", "snapshot", ...BY_1002],
  "taken-out": [
    "queued support 1 from 13800138000",
    "offered 1001 via queue",
    "call_left_queue withdrawn",
    "offer ended 1001 cancelled",
    "ended 16",
  ],
  "local-caller": ["queued 500 1 from 13700137000", ...ANSWERED.slice(1), ...CALLER_HANGS_UP],
};

describe("calls of the real PBX through our application, as facts", () => {
  it.each(Object.entries(EXPECTED))("%s", (scenario, expected) => {
    expect(told(scenario).filter((one) => one !== "snapshot" || expected.includes("snapshot"))).toEqual(expected);
  });

  it.each(Object.keys(EXPECTED))("%s: the orders are those that were sent, and nothing is kept of calls that are over", (scenario) => {
    const { ordered, sent, state } = replayed(scenario);
    expect(ordered).toEqual(sent.filter((order) => !(scenario === "blind-transfer-unanswered" && LET_GO.test(order))));
    expect(sent.length).toBeGreaterThan(0);
    expect(allCalls(state)).toEqual([]);
    expect(state.aliases.size).toBe(0);
  });

  it("has an expectation for every recording", () => {
    const files = readdirSync(new URL("../../../fixtures/ari", import.meta.url)).filter((name) => name.endsWith(".jsonl"));
    expect(files.map((name) => name.replace(".jsonl", "")).sort()).toEqual(Object.keys(EXPECTED).sort());
  });

  it("names one call by one key from its first fact to its last, with the offer's id where there is one", () => {
    const { facts } = replayed("ring-no-answer");
    const calls = facts.flatMap((fact) => ("callKey" in fact ? [fact.callKey] : []));
    const [first] = calls;
    expect(first?.linkedid).toMatch(/^\d{10}\.\d+$/);
    expect(first?.startedAt).toBe(Number(first?.linkedid.split(".")[0]) * 1000);
    expect(new Set(calls.map((key) => JSON.stringify(key))).size).toBe(1);
    const offers = facts.flatMap((fact) => ("offerId" in fact ? [`${fact.kind} ${fact.offerId}`] : []));
    expect(offers).toEqual([
      "agent_offered offer-1001",
      "agent_offer_ended offer-1001",
      "agent_offered offer-1002",
      "call_answered offer-1002",
    ]);
  });

  it("keeps the key over a cut, and lists only what lives", () => {
    const { facts } = replayed("reconnect");
    const keys = facts.flatMap((fact) => (fact.kind === "call_queued" ? [fact.callKey.linkedid] : []));
    const [, second, third] = facts.flatMap((fact) => (fact.kind === "snapshot" ? [fact] : []));
    expect(second?.liveLinkedids.toSorted()).toEqual([keys[0], keys[2]]);
    const byNumber = second?.calls.toSorted((one, other) => one.callerNumber.localeCompare(other.callerNumber));
    expect(byNumber).toMatchObject([
      { callerNumber: "13900000001", phase: "talking", extension: "1001", queue: "500", position: 0 },
      { callerNumber: "13900000003", phase: "waiting", ringing: ["1002"], position: 1 },
    ]);
    expect(second?.queues).toEqual([{ queue: "500", waiting: 1 }]);
    expect(third?.calls.map(({ callKey, phase }) => `${callKey.linkedid} ${phase}`).sort()).toEqual([
      `${keys[0]} talking`,
      `${keys[2]} other`,
    ]);
  });

  it("measures waits and talks by the PBX's clock", () => {
    const { facts } = replayed("answered");
    const [queued, answered, released] = ["call_queued", "call_answered", "agent_released"].map((kind) =>
      facts.find((fact) => fact.kind === kind),
    );
    expect(answered).toMatchObject({ waitExact: true, waitMs: (answered?.at ?? 0) - (queued?.at ?? 0) });
    expect(released).toMatchObject({ talkMs: (released?.at ?? 0) - (answered?.at ?? 0) });
  });

  it("shows who calls as it is, and says what is odd about it", () => {
    const caller = (scenario: string) => replayed(scenario).facts.find((fact) => fact.kind === "call_queued");
    expect(caller("caller-anonymous")).toMatchObject({ callerNumber: "", callerFlags: ["withheld"] });
    expect(caller("caller-garbage")).toMatchObject({ callerNumber: "", callerName: expect.stringContaining("张伟") });
    expect(replayed("originated").facts[1]).toMatchObject({ callerNumber: "13700137000", via: "outbound", queue: "" });
  });
});

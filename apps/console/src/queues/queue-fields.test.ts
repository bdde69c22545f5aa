import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallQueueSchema } from "@trunkline/proto/telephony";
import { dispositionsOf, fromFields, NEW_QUEUE, pairsOf, toFields, unreadable } from "./queue-fields.ts";

const queue = create(CallQueueSchema, {
  queueId: "support",
  name: "客服",
  strategy: "best_skill",
  skills: [{ skill: "air_conditioner", level: 3 }],
  relaxations: [{ afterMs: 30_000n, levels: 1 }],
  agents: [{ employeeId: "e1", tier: 1 }],
  targetMs: 20_000n,
  offerMs: 15_000n,
  maxWaitMs: 300_000n,
  overflow: "callback",
  calendarId: "office",
  priority: 5,
  gradePriority: { A: 50 },
  wrapUp: { mode: "mandatory", limitMs: 60_000n, dispositions: [{ code: "solved", name: "已解决 了" }], defaultDisposition: "solved" },
  autoPauseAfter: 3,
  preferLastAgentMs: 604_800_000n,
  recording: { mode: "all", keepDays: 90 },
  callback: { first: "customer", key: "1", attempts: 3, gapMs: 600_000n },
});

const staff = new Map([
  ["1001", "e1"],
  ["1002", "e2"],
]);

describe("the form of a queue's settings", () => {
  it("gives back what it was given", () => {
    expect(fromFields(toFields(queue, staff), staff)).toEqual(queue);
  });

  it("says seconds where the settings have milliseconds", () => {
    expect(toFields(queue, staff)).toMatchObject({
      agents: "1001:1",
      relaxations: "30:1",
      grades: "A:50",
      target: "20",
      offer: "15",
      maxWait: "300",
      wrapUpLimit: "60",
    });
    expect(fromFields({ ...NEW_QUEUE, target: "1.5" }, staff).targetMs).toBe(1_500n);
  });

  it("writes a result at the limit that is one of the results", () => {
    const dispositions = "ok Solved\nlater Later";
    const written = (defaultDisposition: string) =>
      fromFields({ ...NEW_QUEUE, dispositions, defaultDisposition }, staff).wrapUp?.defaultDisposition;
    expect([written(""), written("later"), written("gone")]).toEqual(["ok", "later", "ok"]);
  });

  it("reads skills and results, and refuses what it cannot read", () => {
    expect(pairsOf("a:1， 空调 : 5,", 5)).toEqual([
      ["a", 1],
      ["空调", 5],
    ]);
    expect([pairsOf("", 5), pairsOf("a", 5), pairsOf("a:6", 5), pairsOf("a:0", 5)]).toEqual([[], undefined, undefined, undefined]);
    expect(dispositionsOf("solved 已解决\n\n other  anything else ")).toEqual([
      { code: "solved", name: "已解决" },
      { code: "other", name: "anything else" },
    ]);
    expect([dispositionsOf("Solved x"), dispositionsOf("solved")]).toEqual([undefined, undefined]);
  });

  it("says which field cannot be read: an extension that nobody has, a wait that is no number", () => {
    expect(unreadable({ ...NEW_QUEUE, agents: "1001:1, 1002:2" }, staff)).toEqual([]);
    expect(unreadable({ ...NEW_QUEUE, agents: "1009:1", relaxations: "soon:1", grades: "A", skills: "x:9" }, staff)).toEqual([
      "skills",
      "agents",
      "relaxations",
      "grades",
    ]);
  });
});

import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallQueueSchema } from "@trunkline/proto/telephony";
import { dispositionsOf, fromFields, NEW_QUEUE, skillsOf, toFields } from "./queue-fields.ts";

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
});

describe("the form of a queue's settings", () => {
  it("gives back what it was given, with what it does not show", () => {
    expect(fromFields(toFields(queue), queue)).toEqual(queue);
  });

  it("says seconds where the settings have milliseconds", () => {
    expect(toFields(queue)).toMatchObject({ target: "20", offer: "15", maxWait: "300", wrapUpLimit: "60" });
    expect(fromFields({ ...NEW_QUEUE, target: "1.5" }, undefined).targetMs).toBe(1_500n);
  });

  it("writes a result at the limit that is one of the results", () => {
    const dispositions = "ok Solved\nlater Later";
    const written = (defaultDisposition: string) =>
      fromFields({ ...NEW_QUEUE, dispositions, defaultDisposition }, undefined).wrapUp?.defaultDisposition;
    expect([written(""), written("later"), written("gone")]).toEqual(["ok", "later", "ok"]);
  });

  it("reads skills and results, and refuses what it cannot read", () => {
    expect(skillsOf("a:1， 空调 : 5,")).toEqual([
      { skill: "a", level: 1 },
      { skill: "空调", level: 5 },
    ]);
    expect([skillsOf(""), skillsOf("a"), skillsOf("a:6")]).toEqual([[], undefined, undefined]);
    expect(dispositionsOf("solved 已解决\n\n other  anything else ")).toEqual([
      { code: "solved", name: "已解决" },
      { code: "other", name: "anything else" },
    ]);
    expect([dispositionsOf("Solved x"), dispositionsOf("solved")]).toEqual([undefined, undefined]);
  });
});

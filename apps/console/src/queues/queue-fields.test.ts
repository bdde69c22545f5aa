import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "@jest/globals";
import { CallQueueSchema } from "@trunkline/proto/telephony";
import { fromFields, NEW_QUEUE, problemsOf, type QueueFields, refusedFields, toFields } from "./queue-fields.ts";

const queue = create(CallQueueSchema, {
  queueId: "support",
  name: "客服",
  strategy: "best_skill",
  skills: [{ skill: "air_conditioner", level: 3 }],
  relaxations: [{ afterMs: 30_000n, levels: 1 }],
  // Nobody whom the console knows: one who came after the first ten thousand.
  agents: [{ employeeId: "e-of-long-after", tier: 1 }],
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

describe("the form of a queue's settings", () => {
  it("gives back what it was given, whoever is in it, and can save it", () => {
    expect(fromFields(toFields(queue))).toEqual(queue);
    expect(problemsOf(toFields(queue))).toEqual({});
    expect(problemsOf(NEW_QUEUE)).toEqual({});
  });

  it("says seconds where the settings have milliseconds", () => {
    expect(toFields(queue)).toMatchObject({
      relaxations: [["30", "1"]],
      grades: [["A", "50"]],
      target: "20",
      offer: "15",
      maxWait: "300",
      wrapUpLimit: "60",
    });
    expect(fromFields({ ...NEW_QUEUE, target: "1.5" }).targetMs).toBe(1_500n);
  });

  it("writes a result at the limit that is one of the results", () => {
    const dispositions = [
      ["ok", "Solved"],
      ["later", "Later"],
    ] as const;
    const written = (defaultDisposition: string) =>
      fromFields({ ...NEW_QUEUE, dispositions, defaultDisposition }).wrapUp?.defaultDisposition;
    expect([written(""), written("later"), written("gone")]).toEqual(["ok", "later", "ok"]);
  });

  it("knows a taken id, and what another supervisor has saved meanwhile, apart", () => {
    expect([refusedFields(true)["stale_revision"], refusedFields(false)["stale_revision"]]).toEqual(["queueId", undefined]);
  });

  it.each<[Partial<QueueFields>, object]>([
    [{ queueId: "售后" }, { queueId: "queues.idInvalid" }],
    [{ queueId: " after-sales_2 " }, {}],
    [{ callbackKey: "x" }, {}],
    [{ callbackFirst: "agent", callbackKey: "x" }, { callbackKey: "queues.callbackKeyInvalid" }],
    [{ skills: [["a", "6"]] }, { skills: "queues.skillsInvalid" }],
    [{ skills: [[" ", "1"]] }, { skills: "queues.skillsInvalid" }],
    [{ agents: [["e1", ""]] }, { agents: "queues.agentsInvalid" }],
    [{ agents: [["e1", "10"]] }, { agents: "queues.agentsInvalid" }],
    [{ grades: [["A", "0"]] }, { grades: "queues.gradesInvalid" }],
    [{ dispositions: [["Solved", "x"]] }, { dispositions: "queues.dispositionsInvalid" }],
    [{ relaxations: [["soon", "1"]] }, { relaxations: "queues.relaxationsInvalid" }],
    [{ relaxations: [["30", "1"]] }, { relaxations: "queues.relaxationsNothing" }],
    [
      {
        skills: [["a", "3"]],
        relaxations: [
          ["60", "1"],
          ["30", "2"],
        ],
      },
      { relaxations: "queues.relaxationsOrder" },
    ],
    [
      {
        agents: [
          ["e1", "1"],
          ["e1", "2"],
        ],
      },
      { agents: "queues.twice" },
    ],
    [{ wrapUp: "mandatory" }, { dispositions: "queues.dispositionsNeeded" }],
    [{ overflow: "callback" }, { overflow: "queues.overflowNever" }],
    [{ overflow: "callback", calendarId: "office" }, {}],
    [{ overflow: "callback", maxWait: "60" }, {}],
  ])("says at which field something is wrong, and what: %j", (change, problems) => {
    expect(problemsOf({ ...NEW_QUEUE, ...change })).toEqual(problems);
  });
});
